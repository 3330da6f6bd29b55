//! What a campaign found, without any time, so that the same seed gives the same bytes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A campaign.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Campaign {}
