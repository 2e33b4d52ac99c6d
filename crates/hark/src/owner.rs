//! Commands that root runs on data of somebody else.

use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use crate::exit::Failure;

/// Begins anew as the owner of the data directory, if root runs this and is not
/// the owner: what root made there, the server could not open afterwards.
pub fn begin_as_owner(data: &Path) -> Result<(), Failure> {
    let (Ok(me), Ok(owner)) = (std::fs::metadata("/proc/self"), std::fs::metadata(data)) else { return Ok(()) };
    if me.uid() != 0 || owner.uid() == 0 {
        return Ok(());
    }
    let this = std::env::current_exe()?;
    let error = Command::new(this).args(std::env::args_os().skip(1)).uid(owner.uid()).gid(owner.gid()).exec();
    Err(Failure::Config(format!(
        "root cannot become user {}, the owner of {}: {error}; run this as that user",
        owner.uid(),
        data.display()
    )))
}
