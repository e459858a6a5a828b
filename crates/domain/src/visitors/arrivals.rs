//! How many new visitors come a minute, from one network and in all. Counted in memory, by each replica for itself: what it is for
//! is to slow floods down, and a flood of several replicas is one of each.

use std::{collections::HashMap, net::IpAddr};

use hammock_contract::{AssistantId, Timestamp, interfaces::VisitorLimits};
use parking_lot::Mutex;

use super::proof::bits_for;

/// Over how long they are counted. Milliseconds.
const WINDOW: i64 = 60_000;
/// So many are counted apart at most; beyond, who comes from a network that is not known has to do the work.
const COUNTED: usize = 50_000;

/// Who came in this minute.
#[derive(Debug, Default)]
pub(super) struct Arrivals(Mutex<HashMap<String, Window>>);

#[derive(Debug, Clone, Copy)]
struct Window {
    began: Timestamp,
    came: u32,
}

impl Arrivals {
    /// Lets one more in to an assistant and counts it, or tells how many bits of work it takes first.
    ///
    /// # Errors
    /// The number of bits.
    pub(super) fn admit(
        &self,
        assistant: &AssistantId,
        network: &str,
        limits: &VisitorLimits,
        has_worked: bool,
        now: Timestamp,
    ) -> Result<(), u8> {
        let mut windows = self.0.lock();
        if windows.len() >= COUNTED {
            windows.retain(|_, window| now.since(window.began) < WINDOW);
        }
        let has_room = windows.len() < COUNTED;
        let (in_all, of_network) = (assistant.as_str().to_owned(), format!("{assistant} {network}"));
        let mut needed: Option<u8> = None;
        for (key, limit) in [(&in_all, limits.visitors_in_all), (&of_network, limits.visitors_of_a_network)] {
            let came = windows.get(key).filter(|window| now.since(window.began) < WINDOW).map(|window| window.came);
            let came = came.unwrap_or(if has_room { 0 } else { limit });
            if came >= limit {
                needed = needed.max(Some(bits_for(came, limit)));
            }
        }
        if let Some(bits) = needed.filter(|_| !has_worked) {
            return Err(bits);
        }
        for key in [in_all, of_network] {
            if !has_room && !windows.contains_key(&key) {
                continue;
            }
            let window = windows.entry(key).or_insert(Window { began: now, came: 0 });
            if now.since(window.began) >= WINDOW {
                *window = Window { began: now, came: 0 };
            }
            window.came = window.came.saturating_add(1);
        }
        Ok(())
    }
}

/// The network of an address: 256 of IPv4, or the /56 of IPv6 that a household or a small company has.
pub(super) fn network_of(address: Option<IpAddr>) -> String {
    match address.map(|address| address.to_canonical()) {
        Some(IpAddr::V4(address)) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        Some(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{:x}::/56", d & 0xff00)
        }
        None => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    #[test]
    fn beyond_the_limits_it_takes_work() {
        let (arrivals, one, two) = (Arrivals::default(), AssistantId::new(), AssistantId::new());
        let limits = VisitorLimits { visitors_of_a_network: 2, visitors_in_all: 4, ..VisitorLimits::default() };
        let admit = |assistant: &AssistantId, network: &str, has_worked: bool, now: Timestamp| {
            arrivals.admit(assistant, network, &limits, has_worked, now)
        };
        assert_eq!((admit(&one, "a", false, NOW), admit(&one, "a", false, NOW)), (Ok(()), Ok(())));
        assert_eq!(admit(&one, "a", false, NOW), Err(16), "the third of one network");
        assert_eq!((admit(&one, "b", false, NOW), admit(&two, "a", false, NOW)), (Ok(()), Ok(())));
        assert_eq!(admit(&one, "a", true, NOW), Ok(()), "the work was done");
        assert_eq!(admit(&one, "c", false, NOW), Err(16), "the fifth in all");
        assert_eq!(admit(&one, "a", true, NOW), Ok(()));
        assert_eq!(admit(&one, "a", false, NOW), Err(17), "twice as many as without work");
        let later = NOW.plus_millis(WINDOW);
        assert_eq!((admit(&one, "a", false, later), admit(&one, "c", false, later)), (Ok(()), Ok(())));
    }

    #[test]
    fn counting_stays_small() {
        let (arrivals, assistant) = (Arrivals::default(), AssistantId::new());
        let limits = VisitorLimits { visitors_in_all: u32::MAX, ..VisitorLimits::default() };
        let mut let_in = 0;
        for number in 0..COUNTED + 10 {
            let_in += usize::from(arrivals.admit(&assistant, &number.to_string(), &limits, false, NOW).is_ok());
        }
        assert_eq!((let_in, arrivals.0.lock().len()), (COUNTED - 1, COUNTED));
        let later = NOW.plus_millis(WINDOW);
        assert_eq!(arrivals.admit(&assistant, "one more", &limits, false, later), Ok(()));
        assert_eq!(arrivals.0.lock().len(), 2, "what has passed is forgotten");
    }

    #[test]
    fn neighbours_are_one_network() {
        let network = |address: &str| network_of(Some(address.parse().unwrap()));
        assert_eq!(network("198.51.100.7"), "198.51.100.0/24");
        assert_eq!(network("::ffff:198.51.100.9"), "198.51.100.0/24");
        assert_eq!(network("2001:db8:1:2ff::1"), "2001:db8:1:200::/56");
        assert_eq!(network("2001:db8:1:2ff::1"), network("2001:db8:1:201:9::7"));
        assert_ne!(network("2001:db8:1:300::1"), network("2001:db8:1:2ff::1"));
        assert_eq!(network_of(None), "unknown");
    }
}
