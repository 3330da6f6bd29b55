//! Landlock and seccomp: the rules of both for [`Bounds`].

use super::{Bounds, ConfineError, Held, calls, folders};
use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, LandlockStatus, RestrictSelfAttr,
    RestrictionStatus, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetError, Scope, path_beneath_rules,
};
use seccompiler::{Error as SeccompError, apply_filter, apply_filter_all_threads};

/// The newest Landlock whose rights are asked for. What the kernel lacks of it is left out by the crate.
const NEWEST: ABI = ABI::V7;
/// The first Landlock that keeps signals to others from being sent.
const SCOPED: ABI = ABI::V6;
/// The first one that keeps files from being cut short.
const TRUNCATES: ABI = ABI::V3;

/// Confines the calling thread, and the others as far as the system can do it if `all` is set.
pub(super) fn confine(bounds: &Bounds, all: bool) -> Result<Held, ConfineError> {
    let refused = |what: &str, error: &dyn std::fmt::Display| ConfineError(format!("{what}: {error}"));
    let mut missing = vec![];
    let status = landlock(bounds, all).map_err(|error| refused("Landlock", &error))?;
    match status.landlock {
        LandlockStatus::Available { effective_abi, .. } => {
            if effective_abi < TRUNCATES {
                missing.push("files that it may not write can be cut short (Linux before 6.2)".to_owned());
            }
            if effective_abi < SCOPED && bounds.starts {
                missing.push("signals to other processes are not kept back (Linux before 6.12)".to_owned());
            }
        }
        LandlockStatus::NotEnabled => {
            missing.push("files are not protected: Landlock is not enabled in this kernel".to_owned());
        }
        LandlockStatus::NotImplemented => {
            missing.push("files are not protected: this system has no Landlock (Linux 5.13), or forbids it".to_owned());
        }
    }
    for filter in calls::filters(bounds).map_err(|error| refused("seccomp", &error))? {
        let applied = if all { apply_filter_all_threads(&filter) } else { apply_filter(&filter) };
        match applied {
            Ok(()) => {}
            // A kernel without it, or a container that forbids it.
            Err(SeccompError::Seccomp(error) | SeccompError::Prctl(error)) => {
                missing.push(format!(
                    "network, mounts and other processes are not protected: seccomp is refused ({error})"
                ));
                break;
            }
            Err(error) => return Err(refused("seccomp", &error)),
        }
    }
    Ok(Held { missing })
}

fn landlock(bounds: &Bounds, all: bool) -> Result<RestrictionStatus, RulesetError> {
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    let run: BitFlags<AccessFs> = if bounds.starts { read | AccessFs::Execute } else { read };
    let devices = AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::Truncate | AccessFs::IoctlDev;
    let files = AccessFs::from_all(NEWEST) & !AccessFs::Execute;
    Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?
        .create()?
        .add_rules(path_beneath_rules(folders::SYSTEM, run))?
        .add_rules(path_beneath_rules(folders::settings(), read))?
        .add_rules(path_beneath_rules(folders::DEVICES, devices))?
        .add_rules(path_beneath_rules(&bounds.reads, run))?
        .add_rules(path_beneath_rules(&bounds.writes, files))?
        .all_threads(all)?
        .restrict_self()
}
