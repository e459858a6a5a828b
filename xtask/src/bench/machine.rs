//! What the figures were measured on.

use anyhow::{Context as _, Result};

/// Processors, memory and system in a few words.
pub fn describe() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = std::fs::read_to_string("/proc/meminfo")
        .ok()
        .and_then(|text| kilobytes(&text, "MemTotal"))
        .map(|kilobytes| format!(", {:.0} GB", kilobytes / 1024.0 / 1024.0))
        .unwrap_or_default();
    format!("{cores} processors{memory}, {}", std::env::consts::OS)
}

/// How many programs wanted to run over the last minute, on average; 0 where the system does not tell.
pub fn load() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// The memory of a process. Megabytes.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    /// What is resident now, files that are mapped included.
    pub resident: f64,
    /// The most that ever was.
    pub peak: f64,
}

/// How much memory a process has.
///
/// # Errors
/// When it has ended, or the system is not Linux.
pub fn memory(process: u32) -> Result<Memory> {
    let path = format!("/proc/{process}/status");
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("{path} cannot be read; memory can be measured on Linux alone"))?;
    let megabytes = |field| {
        kilobytes(&text, field).map(|kilobytes| kilobytes / 1024.0).with_context(|| format!("{path} has no {field}"))
    };
    Ok(Memory { resident: megabytes("VmRSS")?, peak: megabytes("VmHWM")? })
}

fn kilobytes(text: &str, field: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_systems_figures() {
        assert_eq!(kilobytes("VmPeak:\t  9 kB\nVmRSS:\t  2048 kB\n", "VmRSS"), Some(2048.0));
        assert_eq!(kilobytes("VmRSSX:\t 1 kB\n", "VmRSS"), None);
    }
}
