//! A validator for the part of JSON Schema that `docs/protocol.schema.json` uses. It refuses a schema that uses more.

use serde_json::{Map, Value as Json};

/// What is wrong with a message, if anything is: the place in it, and what the schema says of that.
pub fn problem(root: &Json, definition: &str, message: &Json) -> Option<String> {
    let schema = root.pointer(&format!("/$defs/{definition}")).expect("the schema has the definition");
    Validator { root }.check(schema, message).err()
}

struct Validator<'a> {
    root: &'a Json,
}

type Checked = Result<(), String>;

impl Validator<'_> {
    fn check(&self, schema: &Json, json: &Json) -> Checked {
        let rules = schema.as_object().expect("a schema is an object");
        rules.iter().try_for_each(|(keyword, rule)| {
            let refused = || Err(format!("{json} is not as `{keyword}` says: {rule}"));
            match self.holds(rules, keyword, rule, json)? {
                true => Ok(()),
                false => refused(),
            }
        })
    }

    fn holds(&self, rules: &Map<String, Json>, keyword: &str, rule: &Json, json: &Json) -> Result<bool, String> {
        let list = |rule: &Json| rule.as_array().expect("a list").clone();
        let number = |rule: &Json| rule.as_u64().expect("a number");
        let each = |schema: &Json, parts: &mut dyn Iterator<Item = &Json>| -> Checked {
            for part in parts {
                self.check(schema, part)?;
            }
            Ok(())
        };
        Ok(match (keyword, json) {
            ("description" | "title", _) => true,
            ("$ref", _) => {
                let path = rule.as_str().and_then(|rule| rule.strip_prefix('#')).expect("a place in this schema");
                self.check(self.root.pointer(path).expect("a definition that there is"), json)?;
                true
            }
            ("type", _) => match rule {
                Json::Array(types) => types.iter().any(|kind| is_of(kind, json)),
                kind => is_of(kind, json),
            },
            ("const", _) => rule == json,
            ("enum", _) => list(rule).contains(json),
            ("anyOf", _) => list(rule).iter().any(|schema| self.check(schema, json).is_ok()),
            ("oneOf", _) => {
                let results: Vec<Checked> = list(rule).iter().map(|schema| self.check(schema, json)).collect();
                match results.iter().filter(|result| result.is_ok()).count() {
                    0 => return Err(results.into_iter().filter_map(Result::err).collect::<Vec<_>>().join("; ")),
                    fitting => fitting == 1,
                }
            }
            ("pattern", Json::String(text)) => matches(rule.as_str().expect("a pattern"), text),
            ("minimum", Json::Number(value)) => value.as_i64() >= rule.as_i64(),
            ("items", Json::Array(items)) => {
                each(rule, &mut items.iter())?;
                true
            }
            ("prefixItems", Json::Array(items)) => {
                list(rule).iter().zip(items).try_for_each(|(schema, item)| self.check(schema, item))?;
                true
            }
            ("contains", Json::Array(items)) => items.iter().any(|item| self.check(rule, item).is_ok()),
            ("minItems", Json::Array(items)) => items.len() as u64 >= number(rule),
            ("maxItems", Json::Array(items)) => items.len() as u64 <= number(rule),
            ("required", Json::Object(members)) => {
                list(rule).iter().all(|name| members.contains_key(name.as_str().expect("a name")))
            }
            ("properties", Json::Object(members)) => {
                let known = rule.as_object().expect("schemas by name");
                let mut both = members.iter().filter_map(|(name, member)| Some((known.get(name)?, member)));
                both.try_for_each(|(schema, member)| self.check(schema, member))?;
                true
            }
            ("additionalProperties", Json::Object(members)) => {
                let known = |name: &String| rules.get("properties").is_some_and(|known| known.get(name).is_some());
                let mut others = members.iter().filter(|(name, _)| !known(name)).map(|(_, member)| member);
                match rule {
                    Json::Bool(allowed) => *allowed || others.next().is_none(),
                    schema => {
                        each(schema, &mut others)?;
                        true
                    }
                }
            }
            ("minProperties", Json::Object(members)) => members.len() as u64 >= number(rule),
            ("maxProperties", Json::Object(members)) => members.len() as u64 <= number(rule),
            // These say nothing of values of other types.
            (
                "pattern"
                | "minimum"
                | "items"
                | "prefixItems"
                | "contains"
                | "minItems"
                | "maxItems"
                | "required"
                | "properties"
                | "additionalProperties"
                | "minProperties"
                | "maxProperties",
                _,
            ) => true,
            (other, _) => panic!("the schema uses `{other}`, which is not checked here"),
        })
    }
}

fn is_of(kind: &Json, json: &Json) -> bool {
    match kind.as_str().expect("the name of a type") {
        "null" => json.is_null(),
        "boolean" => json.is_boolean(),
        "string" => json.is_string(),
        "integer" => json.is_i64() || json.is_u64(),
        "array" => json.is_array(),
        "object" => json.is_object(),
        other => panic!("the schema uses the type `{other}`, which is not checked here"),
    }
}

fn matches(pattern: &str, text: &str) -> bool {
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_hexadecimal = |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    match pattern {
        "^[0-9a-f]{16}$" => text.len() == 16 && is_hexadecimal(text),
        "^([0-9a-f]{2})*$" => text.len().is_multiple_of(2) && is_hexadecimal(text),
        "^-?([0-9]+|0x[0-9a-fA-F]+)$" => {
            let text = text.strip_prefix('-').unwrap_or(text);
            let is_hex = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            text.strip_prefix("0x").map_or_else(|| are_digits(text), is_hex)
        }
        r"^[0-9]+\.[0-9]+\.[0-9]+$" => text.split('.').count() == 3 && text.split('.').all(are_digits),
        r"\S" => text.contains(|char: char| !char.is_whitespace()),
        "^.$" => text.chars().count() == 1,
        other => panic!("the schema uses the pattern `{other}`, which is not checked here"),
    }
}
