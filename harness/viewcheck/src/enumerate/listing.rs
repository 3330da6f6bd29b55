//! The alphabet as text, for `viewcheck enumerate --list`.

use super::alphabet::{Data, EXPORTERS, GROUPS};

/// The exporters and the operations, as they are written.
pub fn listing() -> String {
    let mut text = String::from("Exporters: what programs begin with. These steps are not counted as operations.\n");
    for exporter in EXPORTERS {
        text += &format!("\n  {}\n", exporter.about);
        exporter.steps.iter().for_each(|step| text += &format!("    {step}\n"));
    }
    for (reads, heading) in [
        (false, "Operations that bind, change or release something"),
        (true, "Operations that only read: the last of a program, with --all any"),
    ] {
        text += &format!("\n{heading}. There is one for `view` and one for `other` where $ stands.\n");
        for group in GROUPS.iter().filter(|group| group.reads == reads) {
            let needs = match group.data {
                None => "",
                Some(Data::Fixed) => ", if it can't be resized",
                Some(Data::Resizable) => ", if it can be resized",
                Some(Data::View) => ", if the exporter is a view",
            };
            text += &format!("\n  {}{needs}\n", group.about);
            group.texts.iter().for_each(|step| text += &format!("    {step}\n"));
        }
    }
    text
}
