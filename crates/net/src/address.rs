//! Which addresses belong to the public Internet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Ranges of the IANA special-purpose registry that are no public unicast, and those that clouds answer metadata on.
const SPECIAL_V4: &[([u8; 4], u32)] = &[
    ([0, 0, 0, 0], 8),        // this network
    ([10, 0, 0, 0], 8),       // private
    ([100, 64, 0, 0], 10),    // carrier-grade NAT; metadata of one cloud
    ([127, 0, 0, 0], 8),      // loopback
    ([168, 63, 129, 16], 32), // platform services of one cloud, although the address is public
    ([169, 254, 0, 0], 16),   // link-local; metadata of most clouds
    ([172, 16, 0, 0], 12),    // private
    ([192, 0, 0, 0], 24),     // protocol assignments; metadata of one cloud
    ([192, 0, 2, 0], 24),     // documentation
    ([192, 88, 99, 0], 24),   // 6to4 relays
    ([192, 168, 0, 0], 16),   // private
    ([198, 18, 0, 0], 15),    // benchmarks
    ([198, 51, 100, 0], 24),  // documentation
    ([203, 0, 113, 0], 24),   // documentation
    ([224, 0, 0, 0], 4),      // multicast
    ([240, 0, 0, 0], 4),      // reserved and broadcast
];

/// Ranges inside 2000::/3 that are no public unicast. Everything outside of 2000::/3 is refused as a whole: loopback, unspecified,
/// IPv4-mapped, -compatible and -translated, NAT64, discard, unique local, link-local, site-local, multicast.
const SPECIAL_V6: &[([u16; 8], u32)] = &[
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23), // protocol assignments: Teredo, ORCHID, benchmarks
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32), // documentation
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16), // 6to4, which embeds IPv4 addresses
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20), // documentation
];

const PUBLIC_V6: ([u16; 8], u32) = ([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

/// Whether an address belongs to the public Internet. An IPv6 address that merely wraps an IPv4 address is judged by what it
/// wraps, where the system would connect to that; every other way of wrapping one is refused.
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => !SPECIAL_V4.iter().any(|(net, bits)| in_v4(v4, Ipv4Addr::from(*net), *bits)),
        IpAddr::V6(v6) => {
            in_v6(v6, Ipv6Addr::from(PUBLIC_V6.0), PUBLIC_V6.1)
                && !SPECIAL_V6.iter().any(|(net, bits)| in_v6(v6, Ipv6Addr::from(*net), *bits))
        }
    }
}

/// Whether `address` lies in the network `net`/`bits`; an address of the other family never does.
pub(crate) fn contains(net: IpAddr, bits: u32, address: IpAddr) -> bool {
    match (net, address) {
        (IpAddr::V4(net), IpAddr::V4(address)) => in_v4(address, net, bits),
        (IpAddr::V6(net), IpAddr::V6(address)) => in_v6(address, net, bits),
        _ => false,
    }
}

fn in_v4(address: Ipv4Addr, net: Ipv4Addr, bits: u32) -> bool {
    let differing = address.to_bits() ^ net.to_bits();
    differing.checked_shr(32 - bits.min(32)).unwrap_or(0) == 0
}

fn in_v6(address: Ipv6Addr, net: Ipv6Addr, bits: u32) -> bool {
    let differing = address.to_bits() ^ net.to_bits();
    differing.checked_shr(128 - bits.min(128)).unwrap_or(0) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_of_ranges_are_exact() {
        for (text, public) in [
            ("9.255.255.255", true),
            ("10.0.0.0", false),
            ("10.255.255.255", false),
            ("11.0.0.0", true),
            ("100.63.255.255", true),
            ("100.64.0.0", false),
            ("100.127.255.255", false),
            ("100.128.0.0", true),
            ("172.15.255.255", true),
            ("172.31.255.255", false),
            ("172.32.0.0", true),
            ("168.63.129.15", true),
            ("168.63.129.16", false),
            ("223.255.255.255", true),
            ("224.0.0.0", false),
            ("255.255.255.255", false),
            ("93.184.216.34", true),
            ("::", false),
            ("::1", false),
            ("::ffff:93.184.216.34", true),
            ("::ffff:10.0.0.1", false),
            ("::93.184.216.34", false),
            ("64:ff9b::5db8:d822", false),
            ("1fff:ffff::1", false),
            ("2000::1", true),
            ("2001:1ff::1", false),
            ("2001:200::1", true),
            ("2001:db8::1", false),
            ("2002:5db8:d822::1", false),
            ("2606:2800:220:1::1", true),
            ("3fff:fff::1", false),
            ("3fff:1000::1", true),
            ("4000::1", false),
            ("fc00::1", false),
            ("fe80::1", false),
            ("fec0::1", false),
            ("ff02::1", false),
        ] {
            assert_eq!(is_public(text.parse().unwrap()), public, "{text}");
        }
    }

    #[test]
    fn a_network_of_no_bits_contains_everything_of_its_family() {
        assert!(contains("0.0.0.0".parse().unwrap(), 0, "8.8.8.8".parse().unwrap()));
        assert!(!contains("0.0.0.0".parse().unwrap(), 0, "::1".parse().unwrap()));
        assert!(contains("::".parse().unwrap(), 0, "::1".parse().unwrap()));
    }
}
