//! Whether there is room for more.

use std::{io, path::Path};

use hammock_domain::{DoctorReport, Severity};

use crate::config::Config;

const SUBJECT: &str = "free space";
const ADVICE: &str = "make room, or put the data directory on a larger disk: what is not written is refused";
/// With less than this, the next uploads and the merging of the search index may find no room. Bytes.
const LITTLE: u64 = 500_000_000;
/// On a large disk, with less than this as well, where it is also less than a twentieth of all. Bytes.
const LITTLE_OF_MUCH: u64 = 5_000_000_000;
/// What is written as a trial. Bytes.
const TRIAL: usize = 64 * 1024;

/// The free space below the data directory, and whether something can be written there at all.
pub(super) fn look(config: &Config, report: &mut DoctorReport) {
    let folder = std::path::absolute(&config.data.dir).unwrap_or_else(|_| config.data.dir.clone());
    if let Err(error) = try_to_write(&folder) {
        let found = format!("nothing can be written into {}: {error}", folder.display());
        report.add(SUBJECT, Severity::Problem, found, ADVICE);
        return;
    }
    // Some file systems do not tell.
    if let Ok(there) = fs4::statvfs(&folder)
        && there.total_space() > 0
    {
        judge(&folder, there.available_space(), there.total_space(), report);
    }
}

fn try_to_write(folder: &Path) -> io::Result<()> {
    let file = folder.join(format!("doctor-{}.part", uuid::Uuid::now_v7().simple()));
    let written = std::fs::write(&file, vec![0_u8; TRIAL]);
    // Also what was written in part.
    let _ = std::fs::remove_file(&file);
    written
}

fn judge(folder: &Path, free: u64, total: u64, report: &mut DoctorReport) {
    let found = format!("{} of {} are free for {}", shown(free), shown(total), folder.display());
    if free < LITTLE || (free < LITTLE_OF_MUCH && free < total / 20) {
        report.add(SUBJECT, Severity::Notice, found, ADVICE);
    } else {
        report.add(SUBJECT, Severity::Fine, found, "");
    }
}

fn shown(bytes: u64) -> String {
    const MEGABYTE: u64 = 1_000_000;
    match bytes / MEGABYTE {
        few @ 0..10_000 => format!("{few} MB"),
        many => format!("{} GB", many / 1_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_room_is_noticed() {
        let judged = |free: u64, total: u64| {
            let mut report = DoctorReport::default();
            judge(Path::new("/data"), free, total, &mut report);
            let [finding] = &report.findings[..] else { panic!("{report:?}") };
            assert_eq!(finding.severity == Severity::Notice, !finding.advice.is_empty());
            (finding.severity, finding.found.clone())
        };
        assert_eq!(
            judged(499_999_999, 600_000_000),
            (Severity::Notice, "499 MB of 600 MB are free for /data".to_owned())
        );
        assert_eq!(judged(500_000_000, 600_000_000).0, Severity::Fine);
        assert_eq!(judged(4_000_000_000, 100_000_000_000).0, Severity::Notice);
        assert_eq!(
            judged(5_000_000_000, 4_000_000_000_000),
            (Severity::Fine, "5000 MB of 4000 GB are free for /data".to_owned())
        );
    }

    #[test]
    fn a_folder_that_takes_nothing_is_a_problem_and_a_trial_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::from_toml("").unwrap();
        config.data.dir = folder.path().to_owned();
        let mut report = DoctorReport::default();
        look(&config, &mut report);
        assert!(report.findings.iter().all(|finding| finding.severity != Severity::Problem), "{report:?}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);

        // Where a file stands in the way of the folder nothing can be written, whoever asks.
        config.data.dir = folder.path().join("file");
        std::fs::write(&config.data.dir, "").unwrap();
        let mut report = DoctorReport::default();
        look(&config, &mut report);
        let [finding] = &report.findings[..] else { panic!("{report:?}") };
        assert_eq!((finding.severity, finding.advice.as_str()), (Severity::Problem, ADVICE));
    }
}
