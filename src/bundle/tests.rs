use std::fs;

use super::*;

const PROFILE: &str = "id = 'a'\ntitle = 't'\nowner = 'o'\nthreat = 'x'\ndomain = 'customs'\nweight = 10\nsource = 's'\n\
    condition = 'pieces > 3'\nreason = '{pieces} pieces'\n";

fn file(path: &str, text: &str) -> File {
    File { path: path.to_owned(), text: text.to_owned() }
}

#[test]
fn the_starter_bundle_is_the_folder_and_its_cases_pass() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/bundle");
    let (starter, loaded) = (Bundle::starter(), Bundle::load(&folder));
    let told = |faults: &[Diagnostic]| crate::diagnostic::render(faults);
    let (starter, loaded) = (starter.unwrap_or_else(|faults| panic!("{}", told(&faults))), loaded.unwrap());
    assert_eq!(starter.hash, loaded.hash);
    assert!(starter.profiles.len() >= 20);
    for profile in &starter.profiles {
        assert!(profile.cases.len() >= 3, "{}", profile.id);
        assert!(profile.weight < starter.policy.thresholds(profile.domain).rfs, "{}", profile.id);
    }
    let failed = starter.check_cases();
    assert!(failed.is_empty(), "{}", told(&failed));
}

#[test]
fn the_hash_is_that_of_the_content_whatever_the_order() {
    let (policy, profile) = (file("policy.toml", ""), file("profiles/a.toml", PROFILE));
    let hash = |files: &[&File]| Bundle::from_files(files.iter().map(|file| (*file).clone()).collect()).unwrap().hash;
    assert_eq!(hash(&[&policy, &profile]), hash(&[&profile, &policy]));
    assert_ne!(hash(&[&policy, &profile]), hash(&[&profile]));
    assert_ne!(hash(&[&profile]), hash(&[&file("profiles/b.toml", PROFILE)]));
    assert_eq!(hash(&[&profile]).to_string().len(), 64);
}

#[test]
fn every_fault_of_every_file_is_told() {
    let files = vec![
        file("policy.toml", "highest_order = 'rfx'"),
        file("profiles/a.toml", PROFILE),
        file("profiles/b.toml", PROFILE),
        file("profiles/c.toml", "id = 'c'\ncondition = 'orgin == 1'"),
        file("lists.toml", ""),
    ];
    let faults = Bundle::from_files(files).unwrap_err();
    let count = |path: &str| faults.iter().filter(|fault| fault.place.file == path).count();
    assert_eq!(["policy.toml", "profiles/a.toml", "profiles/b.toml", "lists.toml"].map(count), [1, 0, 1, 1]);
    assert!(count("profiles/c.toml") >= 7);
}

#[test]
fn a_folder_is_read_with_its_subfolders_and_without_hidden_ones() {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in [("profiles/drugs/a.toml", PROFILE), ("profiles/.draft/b.toml", "?"), ("README.md", "?")] {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let bundle = Bundle::load(folder.path()).unwrap();
    assert_eq!(bundle.profiles.len(), 1);
    assert_eq!(bundle.policy, Policy::default());
}

#[test]
fn a_missing_or_empty_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(Bundle::load(folder.path()).unwrap_err().len(), 1);
    assert_eq!(Bundle::load(&folder.path().join("none")).unwrap_err().len(), 1);
}

#[test]
fn a_failing_case_is_told_at_its_name() {
    let cases = "[[case]]\nname = 'few'\nexpect = 'match'\nfacts = { pieces = 2 }\n\
        [[case]]\nname = 'none'\nexpect = 'match'\nfacts = {}\n\
        [[case]]\nname = 'message'\nexpect = 'match'\nmessage = '{\"quantity\": {\"pieces\": 4}}'\n";
    let bundle = Bundle::from_files(vec![file("profiles/a.toml", &format!("{PROFILE}{cases}"))]).unwrap();
    let failed: Vec<_> = bundle.check_cases().into_iter().map(|fault| (fault.place.line, fault.message)).collect();
    assert_eq!(
        failed,
        [
            (11, "case \"few\": the profile does not match, and it must".to_owned()),
            (15, "case \"none\": the profile is undecided, and it must match; the case does not state pieces".to_owned()),
        ]
    );
}

const LIST_SETTINGS: &str = "[[list]]\nid = 'l'\nfile = 'l.csv'\nformat = 'csv'\nowner = 'o'\n";

#[test]
fn lists_travel_in_a_pack_under_the_hash_of_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("lists")).unwrap();
    // Latin 1, as older lists are; a file that nothing names stays behind.
    let latin = b"id,type,name\n1,person,J\xf8rgen Ros\xe9n\n";
    for (path, bytes) in [("policy.toml", "".as_bytes()), ("lists/lists.toml", LIST_SETTINGS.as_bytes()), ("lists/l.csv", latin)]
    {
        fs::write(folder.path().join(path), bytes).unwrap();
    }
    fs::write(folder.path().join("lists/notes.txt"), "?").unwrap();
    let loaded = Bundle::load(folder.path()).unwrap();
    let files = files_of(folder.path()).unwrap();
    assert_eq!(files.len(), 3);
    let packed = Bundle::from_files(files).unwrap();
    assert_eq!((packed.hash, packed.watch.is_some()), (loaded.hash, true));
    let listed = packed.watch.unwrap();
    let told: Vec<_> = listed.lists().map(|list| (list.id, list.entries, list.as_of)).collect();
    assert_eq!(told, [("l", 1, None)]);
}

#[test]
fn a_list_that_is_missing_or_that_nothing_names_is_refused() {
    let (settings, list) = (file("lists/lists.toml", LIST_SETTINGS), file("lists/l.csv", "id,name\n1,A B\n"));
    let told = |files: &[&File]| {
        let faults = Bundle::from_files(files.iter().map(|file| (*file).clone()).collect()).unwrap_err();
        faults.into_iter().map(|fault| format!("{}: {}", fault.place.file, fault.message)).collect::<Vec<_>>()
    };
    assert_eq!(told(&[&settings]), ["lists/l.csv: lists.toml names this file, and it is not here"]);
    assert_eq!(told(&[&list]), ["lists/l.csv: there is no lists/lists.toml that names it"]);
    assert_eq!(told(&[&settings, &list, &file("lists/m.csv", "")]), ["lists/m.csv: lists.toml does not name it"]);
}
