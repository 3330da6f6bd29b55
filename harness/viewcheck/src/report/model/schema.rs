//! The JSON schema of results, from the types that they are written from.

use super::{Results, SCHEMA};
use crate::report::to_json;
use schemars::generate::SchemaSettings;

/// Returns the JSON schema of results, which is committed for programs that read them.
pub fn schema() -> String {
    // Whoever writes results writes every field that has something to say.
    let mut schema = SchemaSettings::default().for_serialize().into_generator().into_root_schema_for::<Results>();
    schema.insert("title".to_owned(), format!("Results of viewcheck, schema {SCHEMA}").into());
    to_json(&schema)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{EnginesUnderTest, check};
    use crate::report::model::{Change, ChangeTable, Scope};
    use cases::load_text;
    use engine::reference::Reference;
    use engine::{Abi, Engine, Profile, Version};
    use serde_json::Value;

    #[test]
    fn the_committed_schema_is_current() {
        let committed = include_str!("../../../../../docs/results.schema.json");
        assert!(committed == schema(), "write it anew: viewcheck schema --results > docs/results.schema.json");
    }

    /// What is wrong with a value, as far as the keywords of this schema go. A key that the schema does not name is wrong
    /// too, so that every field is described.
    fn wrong(root: &Value, schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
        if let Some(target) = schema["$ref"].as_str() {
            let target = root.pointer(&target[1..]).unwrap_or_else(|| panic!("no {target}"));
            return wrong(root, target, value, path, found);
        }
        for keyword in ["anyOf", "oneOf"] {
            let Some(choices) = schema[keyword].as_array() else { continue };
            let fits = |choice: &&Value| {
                let mut found = vec![];
                wrong(root, choice, value, path, &mut found);
                found.is_empty()
            };
            if !choices.iter().any(|choice| fits(&choice)) {
                found.push(format!("{path}: none of the choices fits {value}"));
            }
        }
        if schema.get("anyOf").or(schema.get("oneOf")).is_some() {
            return;
        }
        let is_of = |kind: &Value| match kind.as_str().unwrap_or_default() {
            "null" => value.is_null(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "string" => value.is_string(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            other => panic!("{path}: the type {other}"),
        };
        let fits = match &schema["type"] {
            Value::Null => true,
            Value::Array(kinds) => kinds.iter().any(is_of),
            kind => is_of(kind),
        };
        let is_other = |keyword: &str| {
            schema.get(keyword).is_some_and(|wanted| match wanted {
                Value::Array(words) if keyword == "enum" => !words.contains(value),
                wanted => wanted != value,
            })
        };
        if !fits || is_other("const") || is_other("enum") {
            found.push(format!("{path}: {value} is not of {schema}"));
        }
        for (index, item) in value.as_array().into_iter().flatten().enumerate() {
            wrong(root, &schema["items"], item, &format!("{path}/{index}"), found);
        }
        let Some(object) = value.as_object() else { return };
        for key in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !object.contains_key(key) {
                found.push(format!("{path}: lacks `{key}`"));
            }
        }
        for (key, value) in object {
            match (&schema["properties"][key], &schema["additionalProperties"]) {
                (Value::Null, Value::Null | Value::Bool(_)) => found.push(format!("{path}: `{key}` is not described")),
                (Value::Null, other) => wrong(root, other, value, &format!("{path}/{key}"), found),
                (known, _) => wrong(root, known, value, &format!("{path}/{key}"), found),
            }
        }
    }

    /// Results with every field that a run can fill.
    fn results() -> Results {
        let text = "
document: d
title: t
cases:
  - {id: pass, section: s, claim: c, verdict: confirmed, needs: [array], python: '>=3.8', steps: [{run: m = memoryview(b'ab'), type: memoryview, locks: []}]}
  - {id: not, section: s, claim: c, verdict: refuted, instead: i, steps: [{run: print(1), prints: 1}, {run: len(1), raises: TypeError, message: object of type 'int' has no len()}]}
  - {id: aliasing, section: s, claim: c, verdict: confirmed, steps: [{run: d = bytearray(2)}, {run: 'm = memoryview(d)[1:]', shares: d}]}
  - {id: value, section: s, claim: c, verdict: confirmed, steps: [{run: '1', gives: 2}]}
  - {id: skip, section: s, claim: c, verdict: confirmed, needs: [numpy, ctypes], steps: [{run: '1', expect: [{python: <3.9, gives: 1}, {python: '>=3.9', gives: 1}]}]}
left_out:
  - {section: s, claim: c, why: w}
";
        let suite = load_text("f.yaml", text);
        assert!(suite.problems.is_empty(), "{}", suite.problems[0].render(false));
        let reference: Box<dyn Engine> = Box::new(Reference::new(Profile::new(Version::newest(), Abi::Lp64)));
        let mut under_test = EnginesUnderTest::new(vec![reference]);
        let run = check(&suite, &mut under_test, None, &mut |_| (), &|| false);
        let mut results = Results::of_run(&suite, &run, Scope { level: None, interrupted: false });
        results.changes.push(Change {
            name: "N".to_owned(),
            issue: "measured".to_owned(),
            summary: "S.".to_owned(),
            since: vec!["3.9.0".to_owned()],
            table: ChangeTable::Memoryview,
            cases: vec!["pass".to_owned()],
        });
        results
    }

    #[test]
    fn results_are_as_the_schema_says() {
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        let mut value = serde_json::to_value(results()).unwrap();
        let all = |value: &Value| {
            let mut found = vec![];
            wrong(&schema, &schema, value, "", &mut found);
            found
        };
        assert_eq!(all(&value), Vec::<String>::new());
        assert!(value["cases"][2]["results"]["reference"]["seen"]["views"][0]["of"] == "d", "{value}");
        assert!(value["cases"][0]["views"][0]["objects"][0]["bytes"] == "6162", "{value}");
        // A field of another type, or that nobody knows, is not.
        value["cases"][0]["line"] = "1".into();
        value["cases"][0]["results"]["reference"]["status"] = "passed".into();
        value["cases"][1]["instaed"] = "i".into();
        value.as_object_mut().unwrap().remove("complete");
        let found = all(&value);
        assert_eq!(found.len(), 4, "{found:#?}");
    }
}
