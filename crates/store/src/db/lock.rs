//! The lock on the data directory: one process at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use super::error::OpenError;

/// Held for as long as the store lives; the system frees it with the process.
#[derive(Debug)]
pub(crate) struct DirLock {
    file: File,
}

impl DirLock {
    /// Locks `hark.lock` in `dir` and writes this process's id and name into it.
    pub(crate) fn take(dir: &Path) -> Result<Self, OpenError> {
        let path = dir.join("hark.lock");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(OpenError::file(&path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::Error(source)) => return Err(OpenError::file(&path)(source)),
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                file.read_to_string(&mut holder).map_err(OpenError::file(&path))?;
                let (pid, name) = holder.trim().split_once(' ').unwrap_or(("unknown", "unknown"));
                return Err(OpenError::Locked { dir: dir.to_owned(), pid: pid.to_owned(), name: name.to_owned() });
            }
        }
        let name = std::env::current_exe()
            .ok()
            .and_then(|path| path.file_name().map(|name| name.to_string_lossy().into_owned()))
            .unwrap_or_else(|| "unknown".to_owned());
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{} {name}", std::process::id()))
            .map_err(OpenError::file(&path))?;
        Ok(Self { file })
    }
}

impl Drop for DirLock {
    fn drop(&mut self) {
        // Closing the file frees the lock as well; the explicit call states it.
        if let Err(error) = self.file.unlock() {
            tracing::warn!(%error, "cannot release hark.lock");
        }
    }
}
