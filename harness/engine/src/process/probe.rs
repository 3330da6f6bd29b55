//! What an engine says of itself, and what follows for the cases that it can run and the facets that are compared.

use super::command::Command;
use super::lost::Lost;
use super::protocol::{self, Identity, PROTOCOL, Takes};
use super::session::Session;
use crate::capability::sizes;
use crate::{Abi, About, Facet, Facets, OLDEST, Profile, Role, Version};
use intake::text::short;
use program::capability::{CAPABILITIES, to_import};
use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;

/// Asks a process what it is.
///
/// # Errors
///
/// When it does not say, or is nothing that programs could be run on.
pub fn probe(session: &mut Session, command: &Command, interrupt: &AtomicBool) -> Result<(About, Takes), Lost> {
    session.send(&protocol::probe());
    let reply = session.hear(interrupt)?;
    let (about, takes) = understand(reply, command).map_err(|reason| session.accuse(reason))?;
    session.ready();
    Ok((about, takes))
}

/// What a process is according to its reply, or why that is no engine.
pub(super) fn understand(reply: serde_json::Value, command: &Command) -> Result<(About, Takes), String> {
    let identity = read(reply)?;
    let takes = identity.takes;
    Ok((about(identity, command)?, takes))
}

fn read(reply: serde_json::Value) -> Result<Identity, String> {
    // Other versions may have other members, so this comes first.
    match reply.get("protocol").and_then(serde_json::Value::as_u64) {
        Some(version) if version == u64::from(PROTOCOL) => {}
        Some(other) => {
            return Err(format!("it speaks version {other} of the protocol, and this release version {PROTOCOL}"));
        }
        None => return Err("its reply to the probe has no number `protocol`".to_owned()),
    }
    intake::json::from_value(reply).map_err(|error| format!("its reply to the probe is not in the format: {error}"))
}

fn about(identity: Identity, command: &Command) -> Result<About, String> {
    if identity.implementation.trim().is_empty() {
        return Err("its reply to the probe has an empty `implementation`".to_owned());
    }
    if !identity.sees.contains(Facet::Value.text()) {
        return Err("its reply to the probe does not have `value` in `sees`: there is nothing to compare".to_owned());
    }
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
    if let Some(executable) = identity.executable.filter(|executable| !command.text().starts_with(&**executable)) {
        origin = format!("{origin}, which runs {}", short(&executable));
    }
    Ok(About {
        name: command.name().to_owned(),
        implementation_version: identity.implementation_version.filter(|version| *version != identity.version),
        python,
        profile: Profile::new(compared_as(&identity.implementation, python), abi),
        implementation: identity.implementation,
        role: Role::Tested,
        capabilities,
        lacks: BTreeSet::new(),
        sees: unseen.fold(Facets::ALL, |facets, facet| facets.without(*facet)),
        origin: Some(origin),
    })
}

/// The version as which a Python is compared: its own, or the oldest that is modelled. MicroPython says that it is Python 3.4,
/// but has much of what came later, and is compared as the newest.
fn compared_as(implementation: &str, python: Version) -> Version {
    match python < OLDEST {
        true if implementation == "micropython" => Version::newest(),
        true => OLDEST,
        false => python,
    }
}
