//! Records where the linked libpython lies, so that no other one of the same name is loaded at run time. Without the
//! feature `embedded` none is linked.

fn main() {
    #[cfg(feature = "embedded")]
    pyo3_build_config::add_libpython_rpath_link_args();
}
