//! What an engine says of itself, and what follows for the cases that it can run and the facets that are compared.

use super::StartError;
use super::command::Command;
use super::protocol::{self, Identity, PROTOCOL, Takes};
use super::session::{Lost, Session};
use crate::capability::sizes;
use crate::{Abi, About, Facet, Facets, NEWEST, Profile, Role, Version};
use program::capability::{CAPABILITIES, to_import};
use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;

/// Asks a process what it is.
pub fn probe(session: &mut Session, command: &Command) -> Result<(About, Takes), StartError> {
    let refused = |reason: String| StartError::Probe { name: command.name().to_owned(), reason };
    session.send(&protocol::probe());
    let reply = session.hear(&AtomicBool::new(false)).map_err(|lost| refused(told(lost)))?;
    let identity: Identity = serde_json::from_value(reply)
        .map_err(|error| refused(format!("its reply to the probe is not in the format: {error}")))?;
    session.ready();
    if identity.protocol != PROTOCOL {
        let other = identity.protocol;
        return Err(refused(format!("it speaks version {other} of the protocol, and this release version {PROTOCOL}")));
    }
    let takes = identity.takes;
    Ok((about(identity, command).map_err(refused)?, takes))
}

/// What happened instead of a reply to the probe.
fn told(lost: Lost) -> String {
    match lost {
        Lost::Ended(ending) => format!("instead of a reply to the probe, {}", ending.reason()),
        Lost::Protocol(reason, ending) => {
            let words = ending.map(|ending| ending.last_words).unwrap_or_default();
            match words.lines().last() {
                Some(last) => format!("{reason}; its last words: {last}"),
                None => reason,
            }
        }
        Lost::Hung(_) | Lost::Interrupted => "it was interrupted".to_owned(),
    }
}

fn about(identity: Identity, command: &Command) -> Result<About, String> {
    let python: Version =
        identity.version.parse().map_err(|error| format!("its version `{}` is none: {error}", identity.version))?;
    let abi = match identity.bits {
        64 => Abi::Lp64,
        32 => Abi::Ilp32,
        bits => return Err(format!("a C long of {bits} bits is not modelled")),
    };
    let modules = identity.modules.iter().map(|module| to_import(module));
    let named = modules.chain(identity.can.iter().map(String::as_str)).chain([sizes(abi)]);
    let capabilities: BTreeSet<String> =
        named.filter(|capability| CAPABILITIES.contains(capability)).map(str::to_owned).collect();
    let unseen = Facet::ALL.iter().filter(|facet| !identity.sees.contains(facet.text()));
    let mut origin = command.text();
    for kind in &identity.build {
        origin = format!("{origin} ({kind} build)");
    }
    Ok(About {
        name: command.name().to_owned(),
        implementation_version: identity.implementation_version.filter(|version| *version != identity.version),
        python,
        profile: Profile::new(compared_as(&identity.implementation, python), abi),
        implementation: identity.implementation,
        role: Role::Tested,
        capabilities,
        sees: unseen.fold(Facets::ALL, |facets, facet| facets.without(*facet)),
        origin: Some(origin),
    })
}

/// The version as which a Python is compared: its own, or the oldest that is modelled. MicroPython says that it is Python 3.4,
/// but has much of what came later, and is compared as the newest.
fn compared_as(implementation: &str, python: Version) -> Version {
    let oldest = Version::new(NEWEST[0].major, NEWEST[0].minor, 0);
    match python < oldest {
        true if implementation == "micropython" => Version::newest(),
        true => oldest,
        false => python,
    }
}
