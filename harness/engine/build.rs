//! Tells the engine which Python it is built for: the `Py_3_x` flags, the version, and the interpreter whose
//! installed modules it is to find. Without the feature `embedded` it is built for none.

fn main() {
    #[cfg(feature = "embedded")]
    {
        pyo3_build_config::use_pyo3_cfgs();
        pyo3_build_config::add_libpython_rpath_link_args();
        let config = pyo3_build_config::get();
        println!("cargo::rustc-env=VIEWCHECK_PYTHON_VERSION={}", config.version());
        println!("cargo::rustc-env=VIEWCHECK_PYTHON_EXECUTABLE={}", config.executable().unwrap_or_default());
    }
}
