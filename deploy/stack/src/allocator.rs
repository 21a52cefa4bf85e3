//! Keeps the stack small: glibc's allocator holds what was freed, per thread and the more the larger the pieces were,
//! and four services in one process have many threads. Bounded, the same work takes a third of the memory.

use std::os::unix::process::CommandExt;
use std::process::Command;

/// glibc reads its bounds before `main`: two arenas for all threads, and large pieces (a password's hash takes 19 MiB)
/// given back as soon as they are free.
const BOUNDS: [(&str, &str); 3] =
    [("MALLOC_ARENA_MAX", "2"), ("MALLOC_MMAP_THRESHOLD_", "262144"), ("MALLOC_TRIM_THRESHOLD_", "262144")];

/// Starts this program again under the bounds, in the same process, unless somebody set bounds of their own.
///
/// Where that cannot be, it goes on as it is: only larger.
pub fn bound_memory() {
    if BOUNDS.iter().any(|(name, _)| std::env::var_os(name).is_some()) {
        return;
    }
    let Ok(program) = std::env::current_exe() else { return };
    let error = Command::new(program).args(std::env::args_os().skip(1)).envs(BOUNDS).exec();
    eprintln!("内存上限未能设置 the memory bounds could not be set: {error}");
}
