use super::*;
use crate::parse::Parser;
use proptest::prelude::*;
use rstest::rstest;

/// An expression: what a parser sees, before it is lowered.
#[derive(Clone, Debug)]
enum Tree {
    Leaf(Operand),
    Node(Kind, Vec<Tree>),
}

const NAMES: [&str; 3] = ["v0", "v1", "data"];

fn constant() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::None),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        any::<i128>().prop_map(|value| Value::int(value.into())),
        any::<f64>().prop_map(Value::Float),
        any::<Vec<u8>>().prop_map(|bytes| Value::Bytes(bytes.into())),
        any::<String>().prop_map(|text| Value::Str(text.into())),
        Just(Value::Ellipsis),
        Just(Value::Type("memoryview".into())),
        Just(Value::Type("array.array".into())),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::Tuple),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::List),
            [inner.clone(), inner.clone(), inner].prop_map(|parts| Value::Slice(Box::new(parts))),
        ]
    })
}

fn expression() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        constant().prop_map(|value| Tree::Leaf(Operand::Value(value))),
        (0..3u16).prop_map(|name| Tree::Leaf(Operand::Name(name))),
    ];
    let kinds: Vec<Kind> = Kind::ALL
        .iter()
        .copied()
        .filter(|kind| !kind.is_statement() && *kind != Kind::Plain)
        .filter(|kind| {
            !matches!(
                kind.row().syntax,
                Syntax::InPlace(_)
                    | Syntax::AnyAttribute
                    | Syntax::AnyMethod
                    | Syntax::AnyCall
                    | Syntax::Control
                    | Syntax::CallObject
                    | Syntax::Member
                    | Syntax::Lookup
                    | Syntax::Hold
                    | Syntax::HoldAttribute
                    | Syntax::FString
                    | Syntax::Field
            )
        })
        .collect();
    leaf.prop_recursive(3, 16, 3, move |inner| {
        (prop::sample::select(kinds.clone()), prop::collection::vec(inner, 3)).prop_map(|(kind, mut operands)| {
            operands.truncate(match kind.row().syntax {
                Syntax::Tuple | Syntax::List => 2,
                _ => kind.row().parameters.len(),
            });
            // A display of constants is itself a constant, so it needs something else.
            if matches!(kind, Kind::Tuple | Kind::List | Kind::Slice) {
                operands[0] = Tree::Leaf(Operand::Name(0));
            }
            // So is a number with a sign.
            let is_number = |tree: &Tree| {
                matches!(tree, Tree::Leaf(Operand::Value(Value::Int(_) | Value::Big(_) | Value::Float(_))))
            };
            if kind == Kind::Negative && is_number(&operands[0]) {
                operands[0] = Tree::Leaf(Operand::Name(0));
            }
            Tree::Node(kind, operands)
        })
    })
}

/// The name, whether it has a key, the conversion and the format of a field.
type Shown = (u16, bool, &'static str, &'static str);

/// What stands in an f-string: texts, and fields of values that can be written there.
fn fields() -> impl Strategy<Value = Vec<(String, Shown)>> {
    let conversion = prop::sample::select(vec!["", "r", "s"]);
    let format = prop::sample::select(vec!["", "02x", "*^+8_d", " =5", "#010b", ".2f"]);
    prop::collection::vec((any::<String>(), (0..3u16, any::<bool>(), conversion, format)), 0..3)
}

fn f_string(fields: Vec<(String, Shown)>, program: &mut Program) {
    let text = |text: &str| Operand::Value(Value::Str(text.into()));
    let (mut parts, mut temps) = (vec![], 0);
    for (literal, (name, has_key, conversion, format)) in fields {
        if !literal.is_empty() {
            parts.push(text(&literal));
        }
        let value = match has_key {
            true => part(Kind::Get, vec![Operand::Name(name), text("a")], program, &mut temps),
            false => Operand::Name(name),
        };
        parts.push(part(Kind::Field, vec![value, text(conversion), text(format)], program, &mut temps));
    }
    program.operations.push(Operation::new(Kind::FString, Target::Discard, parts));
    program.steps.push(program.operations.len() as u32);
}

fn lower(tree: Tree, program: &mut Program, temps: &mut u16) -> Operand {
    match tree {
        Tree::Leaf(operand) => operand,
        Tree::Node(kind, operands) => {
            let mut operands = operands.into_iter();
            let mut lowered: Vec<Operand> =
                operands.next().map(|tree| lower(tree, program, temps)).into_iter().collect();
            let has_nodes = operands.as_slice().iter().any(|operand| matches!(operand, Tree::Node(..)));
            if let Syntax::Method(name) = kind.row().syntax
                && has_nodes
            {
                lowered.push(Operand::Value(Value::Str(name.into())));
                lowered = vec![part(Kind::Lookup, lowered, program, temps)];
            }
            lowered.extend(operands.map(|tree| lower(tree, program, temps)));
            part(kind, lowered, program, temps)
        }
    }
}

fn part(kind: Kind, operands: Vec<Operand>, program: &mut Program, temps: &mut u16) -> Operand {
    let temp = *temps;
    *temps += 1;
    program.operations.push(Operation::new(kind, Target::Temp(temp), operands));
    Operand::Temp(temp)
}

/// A statement that has no value.
#[derive(Clone, Debug)]
enum Change {
    Item(Kind, [Tree; 3]),
    Set([Tree; 3]),
    Delete([Tree; 2]),
    SetAttribute([Tree; 2]),
    DeleteAttribute(Tree),
    Attribute(Kind, [Tree; 2]),
}

fn change() -> impl Strategy<Value = Change> {
    let kinds: Vec<Kind> =
        Kind::ALL.iter().copied().filter(|kind| matches!(kind.row().syntax, Syntax::InPlace(_))).collect();
    let kind = prop::sample::select(kinds);
    let trees = || [expression(), expression(), expression()];
    // Only what is seen to be no type has attributes that can be set.
    let view = || expression().prop_map(|tree| Tree::Node(Kind::NewView, vec![tree]));
    let attribute = (kind.clone(), view(), expression());
    prop_oneof![
        (kind, trees()).prop_map(|(kind, trees)| Change::Item(kind, trees)),
        trees().prop_map(Change::Set),
        [expression(), expression()].prop_map(Change::Delete),
        (view(), expression()).prop_map(|(object, value)| Change::SetAttribute([object, value])),
        view().prop_map(Change::DeleteAttribute),
        attribute.prop_map(|(kind, object, value)| Change::Attribute(kind, [object, value])),
    ]
}

fn changes(program: &mut Program, change: Change) {
    let mut temps = 0;
    let name = || Operand::Value(Value::Str("nbytes".into()));
    let (kind, operands) = match change {
        Change::Item(kind, [container, key, value]) => {
            let place = [container, key].map(|tree| lower(tree, program, &mut temps));
            let place = part(Kind::Hold, place.to_vec(), program, &mut temps);
            (kind, vec![place, lower(value, program, &mut temps)])
        }
        Change::Set([value, container, key]) => {
            let [value, container, key] = [value, container, key].map(|tree| lower(tree, program, &mut temps));
            (Kind::Set, vec![container, key, value])
        }
        Change::Delete(trees) => (Kind::Delete, trees.map(|tree| lower(tree, program, &mut temps)).to_vec()),
        Change::SetAttribute([object, value]) => {
            let value = lower(value, program, &mut temps);
            (Kind::SetAttribute, vec![lower(object, program, &mut temps), name(), value])
        }
        Change::DeleteAttribute(object) => (Kind::DeleteAttribute, vec![lower(object, program, &mut temps), name()]),
        Change::Attribute(kind, [object, value]) => {
            let object = lower(object, program, &mut temps);
            let place = part(Kind::HoldAttribute, vec![object, name()], program, &mut temps);
            (kind, vec![place, lower(value, program, &mut temps)])
        }
    };
    program.operations.push(Operation::new(kind, Target::Discard, operands));
    program.steps.push(program.operations.len() as u32);
}

fn statement(program: &mut Program, tree: Tree, target: Option<u16>) {
    let target = target.map_or(Target::Discard, Target::Name);
    match lower(tree, program, &mut 0) {
        Operand::Temp(_) => {
            if let Some(last) = program.operations.last_mut() {
                last.target = target;
            }
        }
        operand => program.operations.push(Operation::new(Kind::Plain, target, [operand])),
    }
    program.steps.push(program.operations.len() as u32);
}

pub(crate) fn any_program() -> impl Strategy<Value = Program> {
    let statements = prop::collection::vec((expression(), prop::option::of(0..3u16)), 1..5);
    let programs = (statements, prop::collection::vec(change(), 0..3), prop::option::of(fields()));
    let programs = programs.prop_map(|(statements, last, fields)| {
        let names = NAMES.map(Box::from).to_vec();
        let mut program = Program { names, ..Program::default() };
        // Names are numbered as they first appear; make that the order of the table.
        for name in 0..3 {
            program.operations.push(Operation::new(Kind::Plain, Target::Name(name), [Operand::Value(Value::None)]));
            program.steps.push(program.operations.len() as u32);
        }
        for (tree, target) in statements {
            statement(&mut program, tree, target);
        }
        for change in last {
            changes(&mut program, change);
        }
        if let Some(fields) = fields {
            f_string(fields, &mut program);
        }
        program
    });
    programs.prop_filter("what programs may name", |program| crate::policy::check(program).is_ok())
}

proptest! {
    #[test]
    fn parsing_is_the_inverse_of_printing(program in any_program()) {
        let mut parser = Parser::of_printed();
        for index in 0..program.steps.len() {
            let text = step(&program, index);
            prop_assert!(parser.step(&text).is_ok(), "{text}");
        }
        prop_assert_eq!(parser.finish(), program);
    }

    #[test]
    fn what_is_printed_behind_its_imports_is_a_program_of_its_own(program in any_program()) {
        let mut parser = Parser::new();
        let steps = (0..program.steps.len()).map(|index| step(&program, index));
        for text in imports(&program).into_iter().chain(steps) {
            prop_assert!(parser.step(&text).is_ok(), "{text}");
        }
        let read = parser.finish();
        prop_assert!(super::program(&read).ends_with(&super::program(&program)));
        prop_assert_eq!(imports(&read), None);
    }

    #[test]
    fn a_trace_gives_back_what_was_written(values in prop::collection::vec(constant(), 1..4)) {
        let mut trace = crate::Trace::new();
        for value in &values {
            trace.value();
            trace.write(value);
            trace.state("", false);
            trace.end_step();
        }
        let back: Vec<_> = trace.observations().map(|observation| observation.outcome).collect();
        let masked = values.into_iter().map(crate::Outcome::Value).collect::<Vec<_>>();
        prop_assert_eq!(back, masked);
    }
}

#[rstest]
#[case("v = memoryview(b'a')", "v = memoryview(b'a')\n", Some("v"))]
#[case("v[0]", "", Some("v[0]"))]
#[case("v.tolist()[0] + len(v)", "", Some("v.tolist()[0] + len(v)"))]
#[case("del v", "del v\n", None)]
#[case("v[0] = 1", "v[0] = 1\n", None)]
#[case("data += b'a'", "data += b'a'\n", Some("data"))]
#[case("import array", "import array\n", None)]
#[case("with v as w:\n    w[0]", "with v as w:\n    w[0]\n", None)]
#[case("x = 1\nv[0]", "x = 1\n", Some("v[0]"))]
fn a_step_has_statements_and_a_value(#[case] step: &str, #[case] text: &str, #[case] value: Option<&str>) {
    let mut parser = Parser::new();
    parser.step(step).unwrap();
    assert_eq!(parts(&parser.finish(), 0), (text.to_owned(), value.map(str::to_owned)));
}
