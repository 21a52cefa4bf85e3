//! The console's files are compiled in: a console built since makes this crate stale.

fn main() {
    let files = std::path::Path::new("../console/dist");
    // Cargo takes a missing folder for a changed one, at every build: an empty one is there to be watched.
    if !files.exists() && std::fs::create_dir_all(files).is_err() {
        println!("cargo:warning=console/dist cannot be made");
    }
    println!("cargo:rerun-if-changed=../console/dist");
    println!("cargo:rerun-if-changed=migrations");
}
