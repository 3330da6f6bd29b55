use engine::{Engine, Watch, embedded::Embedded, reference::Reference};
use program::{Program, Trace, print};
use std::collections::BTreeMap;
use viewcheck::generate::*;
fn main() {
    let n: u64 = std::env::args().nth(1).unwrap().parse().unwrap();
    let seed: u64 = std::env::args().nth(2).unwrap_or("1".into()).parse().unwrap();
    let mut e = Embedded::new().unwrap();
    let mut r = Reference::new(e.about().profile);
    let (mut a, mut b) = (Trace::new(), Trace::new());
    let mut g = Generator::new();
    let mut p = Program::default();
    let mut bytes = vec![0; 1024];
    let mut seen: BTreeMap<String, (u64, String)> = BTreeMap::new();
    let (mut tg, mut tr, mut te, mut ops) = (0u128, 0u128, 0u128, 0u64);
    Embedded::attached(|| {
        for i in 0..n {
            let t0 = std::time::Instant::now();
            Seed(seed).fill(i, &mut bytes);
            g.program(&mut Source::new(&bytes), 14, &mut p);
            let t1 = std::time::Instant::now();
            let ra = r.run(&p, Watch::Changes, &mut a);
            let t2 = std::time::Instant::now();
            let rb = e.run(&p, Watch::Changes, &mut b);
            let t3 = std::time::Instant::now();
            tg += (t1 - t0).as_nanos();
            tr += (t2 - t1).as_nanos();
            te += (t3 - t2).as_nanos();
            ops += p.operations.len() as u64;
            if let Err(f) = ra.and(rb) {
                let k = format!("FAULT {f}");
                seen.entry(k).or_insert((0, print::program(&p))).0 += 1;
                continue;
            }
            if let Some(s) = a.first_difference(&b) {
                let (x, y) = (a.observation(s), b.observation(s));
                let k = format!("{:?}", p.operations[s].kind);
                let (o1, o2) = (x.as_ref().map(|x| &x.outcome), y.as_ref().map(|x| &x.outcome));
                let key = if o1 != o2 {
                    let f = |o: String| o.chars().take(170).collect::<String>();
                    format!("{k} {} || {}", f(format!("{o1:?}")), f(format!("{o2:?}")))
                } else {
                    format!("{k} state")
                };
                let key: String = key.chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect();
                seen.entry(key)
                    .or_insert((
                        0,
                        format!(
                            "{}\n ref {:?}\n emb {:?}",
                            (0..=s).map(|i| print::step(&p, i)).collect::<String>(),
                            x,
                            y
                        ),
                    ))
                    .0 += 1;
            }
        }
    });
    let mut v: Vec<_> = seen.into_iter().collect();
    v.sort_by_key(|(_, (n, _))| std::cmp::Reverse(*n));
    let show: usize = std::env::args().nth(3).unwrap_or("12".into()).parse().unwrap();
    println!("{} kinds of difference, {} in all", v.len(), v.iter().map(|x| x.1.0).sum::<u64>());
    for (k, (n, t)) in v.iter().take(show) {
        println!("== {n} × {k}\n{}", t.chars().rev().take(1500).collect::<String>().chars().rev().collect::<String>());
    }
    println!("ns/op gen {} ref {} emb {}", tg / ops as u128, tr / ops as u128, te / ops as u128);
}
