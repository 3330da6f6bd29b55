//! The pages of the HTML report, a file each.

mod about;
mod campaigns;
mod cases;
mod engines;
mod errata;
mod matrix;
mod traceability;
mod undocumented;
mod versions;

pub(super) use about::About;
pub(super) use campaigns::{CAMPAIGNS, Campaigns};
pub(super) use cases::Cases;
pub(super) use engines::Engines;
pub(super) use errata::Errata;
pub(super) use matrix::Matrix;
pub(super) use traceability::Traceability;
pub(super) use undocumented::Undocumented;
pub(super) use versions::Versions;
