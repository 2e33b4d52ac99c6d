//! What Linux says of processes: `/proc`.

use std::fs;

/// One tick of `/proc/<pid>/stat` in µs: USER_HZ is 100 on every architecture
/// Hark is built for (proc_pid_stat(5)).
const TICK_US: u64 = 10_000;

/// Processor time a process has used, user and system, in µs.
pub(crate) fn cpu_us(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    cpu_of_stat(&stat)
}

fn cpu_of_stat(stat: &str) -> Option<u64> {
    // The name in parentheses may hold anything, spaces and parentheses too.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
    Some((field(14)? + field(15)?) * TICK_US)
}

/// A thread of a process.
#[derive(Debug, Clone)]
pub(crate) struct Thread {
    pub(crate) id: u32,
    pub(crate) name: String,
    /// Processor time it has used, user and system, in µs.
    pub(crate) cpu_us: u64,
}

/// The threads a process has now.
pub(crate) fn threads(pid: u32) -> Vec<Thread> {
    let entries = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let threads = entries.filter_map(|entry| {
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        let name = stat.split_once('(')?.1.rsplit_once(')')?.0.to_owned();
        let id = entry.file_name().to_string_lossy().parse().ok()?;
        Some(Thread { id, name, cpu_us: cpu_of_stat(&stat)? })
    });
    threads.collect()
}

/// Bytes a process caused to be written to a disk. `None` where it is another user's.
pub(crate) fn written(pid: u32) -> Option<u64> {
    let io = fs::read_to_string(format!("/proc/{pid}/io")).ok()?;
    let line = |name: &str| io.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<u64>().ok());
    Some(line("write_bytes:")?.saturating_sub(line("cancelled_write_bytes:")?))
}

/// The name of a process's program.
pub(crate) fn name(pid: u32) -> Option<String> {
    Some(fs::read_to_string(format!("/proc/{pid}/comm")).ok()?.trim().to_owned())
}

/// Memory of a process in MiB: resident now, and the most it ever was.
pub(crate) fn memory_mib(pid: u32) -> Option<(f64, f64)> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = |name: &str| {
        let value = status.lines().find_map(|line| line.strip_prefix(name))?;
        value.trim().trim_end_matches(" kB").parse::<f64>().ok()
    };
    Some((line("VmRSS:")? / 1024.0, line("VmHWM:")? / 1024.0))
}

/// Time somebody worked since the machine was started, in µs over all cores.
pub(crate) fn machine_us() -> Option<u64> {
    machine_of_stat(&fs::read_to_string("/proc/stat").ok()?)
}

fn machine_of_stat(stat: &str) -> Option<u64> {
    let times = stat.lines().next()?.strip_prefix("cpu ")?;
    // user nice system idle iowait irq softirq steal; guests are within user.
    let times: Vec<u64> = times.split_whitespace().take(8).filter_map(|time| time.parse().ok()).collect();
    let all: u64 = times.iter().sum();
    let idle: u64 = times.iter().skip(3).take(2).sum();
    Some((all - idle) * TICK_US)
}

/// The file system under a folder, such as `ext4`.
pub(crate) fn file_system(folder: &std::path::Path) -> Option<String> {
    let folder = folder.canonicalize().ok()?;
    let mounts = fs::read_to_string("/proc/mounts").ok()?;
    let mounts = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ').skip(1);
        Some((fields.next()?, fields.next()?))
    });
    let under = mounts.filter(|(at, _)| folder.starts_with(at));
    under.max_by_key(|(at, _)| at.len()).map(|(_, kind)| kind.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_read_past_any_name() {
        let stat = "42 (a) b (c) S 1 42 42 0 -1 4194560 900 0 1 0 150 25 7 8 20 0 9 0 100 1 2";
        assert_eq!(cpu_of_stat(stat), Some(1_750_000));
        assert_eq!(cpu_of_stat("42 (a) S 1"), None);
        assert!(cpu_us(std::process::id()).is_some());
        assert!(!threads(std::process::id()).is_empty());
    }

    #[test]
    fn waiting_for_a_disk_is_no_work() {
        let stat = "cpu  100 0 50 800 40 5 5 0 0 0\ncpu0 1 2 3 4\n";
        assert_eq!(machine_of_stat(stat), Some(1_600_000));
    }
}
