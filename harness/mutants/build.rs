//! Records where the linked libpython lies, so that no other one of the same name is loaded at run time.

fn main() {
    pyo3_build_config::add_libpython_rpath_link_args();
}
