//! The API, one file for each route, laid out like the URLs.

mod subjects;
