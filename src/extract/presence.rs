use super::fact::Fact;
pub fn states(haystack: &str, fact: &Fact) -> bool {
    haystack.contains(&fact.text)
}
