//! Every format: what is read of it, and that a broken row is told with its line and stops nothing.

use super::format::FAULTS_MAX;
use super::*;
use crate::names::Schema;

const UN: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<CONSOLIDATED_LIST dateGenerated="2026-01-31T00:00:09.554Z">
  <INDIVIDUALS>
    <INDIVIDUAL>
      <FIRST_NAME>ARVID</FIRST_NAME><SECOND_NAME>SOLBAKKEN &amp; SON</SECOND_NAME>
      <UN_LIST_TYPE>Test</UN_LIST_TYPE><REFERENCE_NUMBER>TEi.001</REFERENCE_NUMBER>
      <NATIONALITY><VALUE>Norway</VALUE></NATIONALITY>
      <INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Arvid the Elder; A. Bakken</ALIAS_NAME></INDIVIDUAL_ALIAS>
      <INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>Viking</ALIAS_NAME></INDIVIDUAL_ALIAS>
      <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1960</FROM_YEAR><TO_YEAR>1962</TO_YEAR></INDIVIDUAL_DATE_OF_BIRTH>
    </INDIVIDUAL>
    <INDIVIDUAL>
      <REFERENCE_NUMBER>TEi.002</REFERENCE_NUMBER>
      <INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS>
    </INDIVIDUAL>
  </INDIVIDUALS>
  <ENTITIES>
    <ENTITY>
      <FIRST_NAME>KESTREL RIDGE</FIRST_NAME><REFERENCE_NUMBER>TEe.001</REFERENCE_NUMBER>
      <ENTITY_ADDRESS><CITY>Dubai</CITY><COUNTRY>United Arab Emirates</COUNTRY></ENTITY_ADDRESS>
    </ENTITY>
  </ENTITIES>
</CONSOLIDATED_LIST>"#;

const OFAC: &str = r#"<sdnList xmlns="https://example.org/sdn">
  <publshInformation><Publish_Date>01/31/2026</Publish_Date></publshInformation>
  <sdnEntry><uid>7</uid><firstName>Arvid</firstName><lastName>SOLBAKKEN</lastName><sdnType>Individual</sdnType>
    <programList><program>TEST</program></programList>
    <akaList><aka><category>weak</category><lastName>Viking</lastName></aka></akaList>
    <dateOfBirthList><dateOfBirthItem><dateOfBirth>31 Jan 1960</dateOfBirth></dateOfBirthItem></dateOfBirthList>
    <idList><id><idType>Email Address</idType><idNumber>arvid@fjord.example</idNumber></id></idList></sdnEntry>
</sdnList>"#;

const FTM: &str = r#"{"id": "a", "schema": "Person", "caption": "Arvid Solbakken", "properties": {"weakAlias": ["Viking"], "birthDate": ["1960"], "country": ["no"], "phone": ["+4722123456"]}}
{"id": "b", "schema": "Address", "properties": {}}
{"id": "c", "schema"
{"id": "d", "schema": "Company", "properties": {"name": ["Kestrel Ridge LLC", "Kestrel"]}}"#;

fn names(entry: &Entry) -> Vec<(&str, bool)> {
    entry.names.iter().map(|name| (name.text.as_str(), name.weak)).collect()
}

fn faults(list: &List) -> Vec<u64> {
    list.faults.iter().map(|fault| fault.line).collect()
}

#[test]
fn the_un_list_is_read_with_aliases_dates_and_countries() {
    assert_eq!(Format::sniff(UN.as_bytes()), Format::UnXml);
    let list = Format::UnXml.read(UN.as_bytes(), &[]);
    assert_eq!((list.entries.len(), faults(&list), list.as_of_day), (2, vec![12], day("2026-01-31")));
    let person = &list.entries[0];
    assert_eq!(
        names(person),
        [("ARVID SOLBAKKEN & SON", false), ("Arvid the Elder", false), ("A. Bakken", false), ("Viking", true)]
    );
    assert_eq!((person.schema, person.countries.as_slice()), (Some(Schema::Person), ["NO".to_owned()].as_slice()));
    assert_eq!(person.births, [Birth::years(1960, 1962)]);
    assert_eq!(list.entries[1].addresses, ["Dubai United Arab Emirates"]);
}

#[test]
fn a_broken_xml_keeps_what_came_before_and_tells_where_it_broke() {
    let broken = UN.replace("</INDIVIDUALS>", "</WRONG>");
    let list = Format::UnXml.read(broken.as_bytes(), &[]);
    assert_eq!((list.entries.len(), list.faults.len()), (1, 2));
    assert_eq!((list.faults[1].line, list.ended_at_line), (16, Some(16)), "{:?}", list.faults);
}

#[test]
fn the_treasurys_xml_and_followthemoney_are_read() {
    let list = Format::sniff(OFAC.as_bytes()).read(OFAC.as_bytes(), &[]);
    assert_eq!((list.entries.len(), list.faults.len(), list.as_of_day), (1, 0, day("2026-01-31")));
    assert_eq!(names(&list.entries[0]), [("Arvid SOLBAKKEN", false), ("Viking", true)]);
    assert_eq!(list.entries[0].identifiers, [Identifier::Email("arvid@fjord.example".into())]);
    let list = Format::sniff(FTM.as_bytes()).read(FTM.as_bytes(), &[]);
    assert_eq!((list.entries.len(), list.skipped, faults(&list)), (2, 1, vec![3]));
    assert_eq!(names(&list.entries[1]), [("Kestrel Ridge LLC", false), ("Kestrel", false)]);
    assert_eq!(list.entries[0].identifiers, [Identifier::Phone("4722123456".into())]);
}

#[test]
fn the_treasurys_csv_takes_aliases_and_addresses_of_known_entries() {
    let sdn = "7,\"SOLBAKKEN, Arvid\",\"individual\",\"TEST\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"DOB circa 1960; a.k.a. 'VIKING'.\"\nbroken\n\u{1a}\n";
    let alt = "7,1,\"aka\",\"BAKKEN, A.\",-0- \n8,2,\"aka\",\"NOBODY\",-0- \n";
    let add = "7,1,\"1 Fjord Road\",\"Oslo\",\"Norway\",-0- \n";
    let list = Format::OfacCsv.read(sdn.as_bytes(), &[alt.into(), add.into()]);
    assert_eq!((list.entries.len(), faults(&list)), (1, vec![2, 2]));
    let entry = &list.entries[0];
    assert_eq!(names(entry), [("SOLBAKKEN, Arvid", false), ("VIKING", true), ("BAKKEN, A.", false)]);
    assert_eq!(
        (entry.countries.as_slice(), entry.births.as_slice()),
        (["NO".to_owned()].as_slice(), [Birth::years(1958, 1962)].as_slice())
    );
}

#[test]
fn the_aliases_of_an_entry_that_is_refused_go_to_nobody_else() {
    let row = |id: &str, name: &str| format!("{id},\"{name}\",\"individual\",\"TEST\",,,,,,,,\n");
    let sdn = [row("7", ""), row("-0-", "NOBODY"), row("8", "SOLBAKKEN, Arvid")].concat();
    let alt = "7,1,\"aka\",\"KESTREL\",-0- \n-0- ,1,\"aka\",\"MERLIN\",-0- \n";
    let add = "7,1,\"1 Fjord Road\",\"Oslo\",\"Norway\",-0- \n";
    let list = Format::OfacCsv.read(sdn.as_bytes(), &[alt.into(), add.into()]);
    assert_eq!((list.entries.len(), faults(&list)), (1, vec![1, 2, 1, 2, 1]));
    assert_eq!(names(&list.entries[0]), [("SOLBAKKEN, Arvid", false)]);
    assert_eq!((list.entries[0].addresses.len(), list.entries[0].countries.len()), (0, 0));
}

#[test]
fn faults_beyond_those_kept_are_counted() {
    let rows = "broken\n".repeat(FAULTS_MAX + 500);
    let list = Format::Csv.read(format!("id,name\n1,Arvid Solbakken\n{rows}").as_bytes(), &[]);
    assert_eq!((list.entries.len(), list.faults.len(), list.fault_count), (1, FAULTS_MAX, FAULTS_MAX + 500));
}

#[test]
fn a_faulty_row_of_our_csv_is_told_with_its_line() {
    let text = "id,type,name,phone,awb,valid_from,valid_until,colour\n1,person,A B,,,,,\n2,person,C D,12,,,,\n3,person,,,,,,\n\
                4,person,E F,,,2026-02-01,2026-01-01,\n5,person,G\n6,person,H I,,020-1,,,\n7,person,J K,,,soon,,\n8,person,L M,,,,,\n";
    let list = Format::Csv.read(text.as_bytes(), &[]);
    assert_eq!((list.entries.len(), faults(&list)), (2, vec![1, 3, 4, 5, 6, 7, 8]));
    assert!(list.faults[0].message.starts_with("there is no column `colour`"), "{:?}", list.faults[0]);
    assert_eq!(list.faults[1].message, "`12` is no phone");
}

#[test]
fn hostile_files_cost_what_they_are_long() {
    let deep = format!("<CONSOLIDATED_LIST><INDIVIDUAL>{}", "<A>".repeat(100_000));
    let entities =
        format!("<sdnList><sdnEntry><uid>1</uid><lastName>{}</lastName></sdnEntry></sdnList>", "&boom;".repeat(10_000));
    for (format, text) in [
        (Format::UnXml, deep),
        (Format::OfacXml, entities),
        (Format::Ftm, "{".repeat(100_000)),
        (Format::Csv, "\"".repeat(100_001)),
    ] {
        let list = format.read(text.as_bytes(), &[]);
        assert!(list.entries.len() <= 1 && list.faults.len() <= 2, "{format:?}");
    }
}
