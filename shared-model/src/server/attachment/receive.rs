//! Takes one file out of a multipart request: bounded before it is read, written aside while it arrives, and judged by
//! what it is.

use std::path::Path;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::http::header;
use actix_web::{HttpMessage, HttpRequest};
use futures_util::StreamExt;

use super::archive::{self, ArchiveRefused};
use super::kind;
use super::spool::Spool;
use crate::problem::{Code, Fault, Problem, codes};
use crate::server::body::too_large;
use crate::text::Text;

/// What of a multipart body is not the file.
const WRAPPING: usize = 64 * 1024;

/// A file that was taken in, whole and on disk; forgotten unless a store keeps it.
pub struct Received {
    pub spool: Spool,
    pub name: String,
    /// Bytes.
    pub size: i64,
    pub content_type: &'static str,
    pub sha256: String,
}

/// What is taken.
#[derive(Clone, Copy, Debug)]
pub struct Taken<'a> {
    pub folder: &'a Path,
    /// Bytes of the largest file.
    pub limit: usize,
    /// Media types.
    pub types: &'a [&'static str],
    /// The name of the part; None takes the first part that is a file.
    pub part: Option<&'a str>,
}

/// Why nothing was taken in.
#[derive(Debug, thiserror::Error)]
pub enum NotReceived {
    #[error("{0}")]
    Refused(#[from] Problem),
    #[error(transparent)]
    Disk(#[from] std::io::Error),
}

/// The file of a multipart request.
pub async fn receive(request: &HttpRequest, mut form: Multipart, taken: Taken<'_>) -> Result<Received, NotReceived> {
    check_head(request, taken.limit)?;
    let mut field = file_field(&mut form, taken.part).await?;
    let name = kind::file_name(field.content_disposition().and_then(|d| d.get_filename()).unwrap_or_default());
    let mut spool = Spool::create(taken.folder).await?;
    let head = write(&mut field, &mut spool, taken.limit).await?;
    let content_type = kind::content_type(&head, taken.types).map_err(|code| refused(code, taken.types))?;
    let sha256 = spool.finish().await?;
    if kind::is_archive(&head) {
        inspect(spool.path()).await?;
    }
    let size = i64::try_from(spool.size()).unwrap_or(i64::MAX);
    Ok(Received { spool, name, size, content_type, sha256 })
}

fn check_head(request: &HttpRequest, limit: usize) -> Result<(), Problem> {
    if !request.content_type().eq_ignore_ascii_case("multipart/form-data") {
        let detail = Text::fixed("请以 multipart/form-data 上传", "send multipart/form-data");
        return Err(Problem::new(&codes::UNSUPPORTED_MEDIA_TYPE).detail(detail));
    }
    let declared = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if declared.is_some_and(|length: usize| length > limit.saturating_add(WRAPPING)) {
        return Err(too_large(limit));
    }
    Ok(())
}

async fn file_field(form: &mut Multipart, part: Option<&str>) -> Result<Field, Problem> {
    while let Some(field) = form.next().await {
        let field = field.map_err(malformed)?;
        let wanted = match part {
            Some(part) => field.name() == Some(part),
            None => field.content_disposition().is_some_and(|d| d.get_filename().is_some()),
        };
        if wanted {
            return Ok(field);
        }
    }
    let part = part.unwrap_or("file");
    let message =
        Text::new(format!("请选择一个文件，以 {part} 字段上传"), format!("send one file, as the part {part}"));
    Err(Problem::of_faults(vec![Fault::new("/file", &codes::FILE_REQUIRED, message)]))
}

/// Writes the part aside, and gives its leading bytes.
async fn write(field: &mut Field, spool: &mut Spool, limit: usize) -> Result<Vec<u8>, NotReceived> {
    let mut head = Vec::with_capacity(kind::SNIFFED_BYTES);
    while let Some(chunk) = field.next().await {
        let chunk = chunk.map_err(malformed)?;
        if spool.size() + chunk.len() > limit {
            return Err(too_large(limit).into());
        }
        let wanted = kind::SNIFFED_BYTES.saturating_sub(head.len()).min(chunk.len());
        head.extend_from_slice(&chunk[..wanted]);
        spool.write(&chunk).await?;
    }
    Ok(head)
}

async fn inspect(path: &Path) -> Result<(), NotReceived> {
    let path = path.to_owned();
    let looked = move || {
        let file = std::fs::File::open(&path)?;
        let size = file.metadata()?.len();
        Ok::<_, std::io::Error>(archive::inspect(std::io::BufReader::new(file), size))
    };
    let verdict = tokio::task::spawn_blocking(looked).await.map_err(std::io::Error::other)??;
    Ok(verdict.map_err(archive_problem)?)
}

fn archive_problem(why: ArchiveRefused) -> Problem {
    let message = match why {
        ArchiveRefused::Damaged => {
            Text::fixed("压缩包或文档已损坏，请重新导出后上传", "the archive or document is damaged: export it again")
        }
        ArchiveRefused::TooLarge => {
            Text::fixed("展开后过大，请分成几个上传", "it would expand too far: send it in parts")
        }
        ArchiveRefused::TooMany => {
            Text::fixed("包含的文件过多，请分成几个上传", "it has too many files: send it in parts")
        }
        ArchiveRefused::TooDeep => Text::fixed(
            "压缩包嵌套过深，请先解开里面的压缩包",
            "it has archives inside archives inside archives: unpack the inner ones",
        ),
    };
    Problem::of_faults(vec![Fault::new("/file", &codes::FILE_ARCHIVE_REFUSED, message)])
}

fn refused(code: &'static Code, types: &[&str]) -> Problem {
    let message = if code == &codes::FILE_REQUIRED {
        Text::fixed("文件是空的，请选择有内容的文件", "the file is empty: choose one that holds something")
    } else {
        let (zh, en) = (kind::names(types).join("、"), kind::names(types).join(", "));
        Text::new(format!("不支持的文件类型，可上传：{zh}"), format!("this type of file is not accepted: send {en}"))
    };
    Problem::of_faults(vec![Fault::new("/file", code, message)])
}

fn malformed(error: MultipartError) -> Problem {
    let why = error.to_string();
    Problem::new(&codes::REQUEST_MALFORMED).detail(Text::new(format!("上传内容无法解析：{why}"), why))
}
