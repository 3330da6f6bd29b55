//! Nothing breaks viewcheck, nothing gets lost, nothing gets out: what is tried against it, by subject.

mod campaigns;
mod findings_folder;
mod kills;
mod tools;
