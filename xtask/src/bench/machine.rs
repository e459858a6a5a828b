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

/// How much memory a process and all that it has started have now. Megabytes, files that are mapped included; what several of them
/// share is counted for each.
///
/// # Errors
/// Like [`memory`].
pub fn memory_of_all(process: u32) -> Result<f64> {
    let mut resident = memory(process)?.resident;
    let mut waiting = children(process);
    while let Some(child) = waiting.pop() {
        // One that has ended meanwhile has none.
        if let Ok(memory) = memory(child) {
            resident += memory.resident;
            waiting.extend(children(child));
        }
    }
    Ok(resident)
}

/// What a process has started and has not ended: each of its threads has its own.
fn children(process: u32) -> Vec<u32> {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{process}/task")) else { return Vec::new() };
    let started = threads.filter_map(|thread| std::fs::read_to_string(thread.ok()?.path().join("children")).ok());
    started.flat_map(|children| numbers(&children)).collect()
}

fn numbers(text: &str) -> Vec<u32> {
    text.split_whitespace().filter_map(|number| number.parse().ok()).collect()
}

/// How much processor time a process has used. Seconds; a hundredth is the finest that systems count. On a busy machine
/// it says more than the clock.
///
/// # Errors
/// When it has ended, or the system is not Linux.
pub fn processor_time(process: u32) -> Result<f64> {
    let path = format!("/proc/{process}/stat");
    let text = std::fs::read_to_string(&path).with_context(|| format!("{path} cannot be read"))?;
    ticks(&text).map(|ticks| ticks / 100.0).with_context(|| format!("{path} is not understood"))
}

/// What was used in the program and in the system for it. The name, in parentheses, may hold anything.
fn ticks(stat: &str) -> Option<f64> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    Some(fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?)
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
        assert_eq!(ticks("1 (a b) S 0 1 1 0 -1 4 9 0 0 0 250 50 7 7 20 0"), Some(300.0));
        assert_eq!(kilobytes("VmRSSX:\t 1 kB\n", "VmRSS"), None);
        assert_eq!((numbers("12 345 "), numbers("")), (vec![12, 345], Vec::new()));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_a_process_has_started_counts_with_it() {
        use std::process::{Command, Stdio, id};

        // It ends with its input.
        let mut child = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        assert!(children(id()).contains(&child.id()));
        let alone = memory(child.id()).unwrap().resident;
        assert!(alone > 0.0 && memory_of_all(id()).unwrap() > alone);
        drop(child.stdin.take());
        child.wait().unwrap();
        assert!(!children(id()).contains(&child.id()));
    }
}
