//! What a file and a connection cost.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::Figure;
use crate::scenes::{Bench, SAFE, count, milliseconds, over, ratio, times, words};
use crate::support::{Run, binaries};

/// Where objects are there already, kubectl takes seven seconds for a hundred of them.
const APPLIES: u32 = 3;
const LOOKS: u32 = 60;
const OBJECTS: usize = 100;

/// A pod that only runs its own program.
const POD: &str = "
apiVersion: v1
kind: Pod
metadata: {name: web-0, namespace: default}
spec: {containers: [{name: main, image: nginx}]}
";

impl Bench {
    /// A hundred unchanged objects, against kubectl alone.
    pub fn unchanged_files(&self) -> Vec<Figure> {
        let files = [
            ("no rule asks for them", "example.com/owner", 1.15),
            // A reserved key: only the dry run tells whether it changes.
            ("a dry run is needed", "example.kubernetes.io/owner", 2.2),
        ];
        let surroundings = self.with_cluster(&self.user.kubeconfig);
        let mut figures = Vec::new();
        for (number, (which, annotation, bar)) in files.into_iter().enumerate() {
            let file = self.folder.join(format!("objects-{number}.yaml"));
            fs::write(&file, config_maps(number, annotation))
                .expect("the target folder can be written");
            let line = [
                "apply",
                "-f",
                file.to_str().expect("the target folder's name is text"),
            ];
            let first = Run::kubectl(&self.user).args(line).run();
            assert_eq!(first.code, 0, "{first:?}");
            let kubectl = words(&binaries().kubectl, line);
            let safe = words(Path::new(SAFE), line);
            let [kubectl, safe] =
                self.watch
                    .time(APPLIES, &surroundings, [0; 2], [&kubectl, &safe]);
            let what = format!("`apply` of {OBJECTS} unchanged objects, {which}");
            figures.push(times(
                &format!("{what}: minimum"),
                ratio(safe.min(), kubectl.min()),
                bar,
            ));
            figures.push(times(
                &format!("{what}: median"),
                ratio(safe.median(), kubectl.median()),
                bar,
            ));
        }
        figures
    }

    /// Over the stub in kubectl's place, with the real server to look at.
    pub fn connection(&self) -> Vec<Figure> {
        self.plane.apply(POD);
        let line = "exec web-0 -- ls /";
        let surroundings = self.with_stub_and_cluster();
        let stub = words(&self.watch.stub, line.split(' '));
        let safe = words(Path::new(SAFE), line.split(' '));
        let [stub, safe] = self
            .watch
            .time(LOOKS, &surroundings, [0; 2], [&stub, &safe]);
        let mark = self.plane.mark();
        self.plan(line);
        let requests = self.plane.requests(&self.user, mark).len();
        vec![
            milliseconds(
                &format!("`{line}`: over the stub, minimum"),
                over(safe.min(), stub.min()),
                10.0,
            ),
            milliseconds(
                &format!("`{line}`: over the stub, median"),
                over(safe.median(), stub.median()),
                10.0,
            ),
            count(&format!("`{line}`: requests"), requests, 1),
        ]
    }
}

fn config_maps(number: usize, annotation: &str) -> String {
    let mut text = String::new();
    for index in 0..OBJECTS {
        let _ = write!(
            text,
            "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: set-{number}-{index}, namespace: default, annotations: {{{annotation}: web}}}}\ndata: {{key: value}}\n",
        );
    }
    text
}
