//! Records where the linked libpython lies, so that no other one of the same name is loaded at run time: beside the
//! executable, if it is there, as in what `fuzz/oss-fuzz/build.sh` puts together, and otherwise where the build found it.
//! Without the feature `embedded` none is linked.

fn main() {
    // What cargo-fuzz and `fuzz/oss-fuzz/build.sh` set.
    println!("cargo::rustc-check-cfg=cfg(fuzzing)");
    #[cfg(feature = "embedded")]
    {
        if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
            println!("cargo::rustc-link-arg-bins=-Wl,-rpath,$ORIGIN");
        }
        pyo3_build_config::add_libpython_rpath_link_args();
    }
}
