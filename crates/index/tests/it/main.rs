//! The durable index from outside.

mod contract;
mod crash;
mod partitions;
