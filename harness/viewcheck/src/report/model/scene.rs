//! Scenes: the memory of the exporters of a case, and which bytes of it each living view covers, after one step.
//!
//! Drawings are made of scenes. A scene has plain numbers only, so that whoever draws needs to know no Python.

use super::is_default;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What there is after a step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Scene {
    /// The step, counted from 1.
    pub step: usize,
    /// The exporters, in the order in which the case names them.
    pub objects: Vec<SceneObject>,
    /// The views with a name whose layout is known, in the order in which the case names them.
    pub views: Vec<SceneView>,
}

/// An exporter and its memory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SceneObject {
    /// Its name in the case. One without a name is called like `bytes()`; no two objects of a scene have the same name.
    pub name: String,
    /// The name of its type, if it is known.
    #[serde(default, rename = "type", skip_serializing_if = "is_default")]
    pub type_name: Option<String>,
    /// Its first bytes in hexadecimal; `null` if they are not known.
    pub bytes: Option<String>,
    /// How many bytes it has, if `bytes` does not show all of them.
    #[serde(default, skip_serializing_if = "is_default")]
    pub length: Option<usize>,
    /// Whether it can't be resized because its buffer is exported.
    #[serde(default, skip_serializing_if = "is_default")]
    pub locked: bool,
}

/// A view, and the bytes that it covers. `offset` and `strides` are in bytes, `shape` is in items.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SceneView {
    /// Its name in the case.
    pub name: String,
    /// The name of the object whose memory it covers, of those in the scene.
    pub of: String,
    /// The byte of that memory at which its first item starts; `null` if that is outside the memory or unknown.
    pub offset: Option<i64>,
    /// The format.
    pub format: String,
    /// The size of an item in bytes.
    pub itemsize: i64,
    /// The number of items in each dimension.
    pub shape: Vec<i64>,
    /// The distance between items in each dimension.
    pub strides: Vec<i64>,
    /// The offset added after following a pointer, in each dimension.
    #[serde(default, skip_serializing_if = "is_default")]
    pub suboffsets: Vec<i64>,
    /// Whether it is read-only.
    #[serde(default, skip_serializing_if = "is_default")]
    pub readonly: bool,
    /// Whether it was released. The other fields then say what it covered before.
    #[serde(default, skip_serializing_if = "is_default")]
    pub released: bool,
}
