//! The five sets that buf sorts its rules into, and the versions of the configuration that name them.

use std::fmt;
use std::str::FromStr;

/// What is relied on, and with it how strict the rules are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Category {
    /// Generated code, also by people who include single files (C++, Python).
    File,
    /// Generated code, by package: what moves between files of a package is not missed.
    Package,
    /// The binary encoding and ProtoJSON.
    WireJson,
    /// The binary encoding alone.
    Wire,
    /// What a schema registry that holds single files relies on.
    Csr,
}

impl Category {
    /// Every category, the strictest first.
    pub const ALL: [Category; 5] = [
        Category::File,
        Category::Package,
        Category::WireJson,
        Category::Wire,
        Category::Csr,
    ];

    /// The name in a configuration.
    pub fn name(self) -> &'static str {
        match self {
            Category::File => "FILE",
            Category::Package => "PACKAGE",
            Category::WireJson => "WIRE_JSON",
            Category::Wire => "WIRE",
            Category::Csr => "CSR",
        }
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Category {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Category::ALL
            .into_iter()
            .find(|category| category.name().eq_ignore_ascii_case(name))
            .ok_or_else(|| {
                let known = Category::ALL.map(Category::name).join(", ");
                format!("`{name}` is no category of breaking rules; known are {known}")
            })
    }
}

/// The version of a `buf.yaml`. Later versions know more rules, and sort some into other categories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// `version: v1beta1`
    V1Beta1,
    /// `version: v1`
    V1,
    /// `version: v2`
    V2,
}

impl Version {
    /// The name in a configuration.
    pub fn name(self) -> &'static str {
        match self {
            Version::V1Beta1 => "v1beta1",
            Version::V1 => "v1",
            Version::V2 => "v2",
        }
    }
}
