//! The durable index from outside.

mod contract;
mod crash;
mod merging;
mod partitions;
