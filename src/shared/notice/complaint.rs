//! What was wrong with an input, and what was done about it.

notices! {
    /// One kind of complaint about an input. `{0}`, `{1}`, … stand for what is filled in.
    Complaint;
    BadLeaf: "A leaf row selects a row that is not there; the branch goes on as if it were not there.", "叶子记录指向不存在的行；已忽略。";
    BrokenLine: "The line is no JSON object; it was skipped.", "该行不是可读的 JSON 对象；已跳过。";
    BrokenRow: "A row holds a value no reader takes; it was skipped.", "该行含有无法读取的值；已跳过。";
    BrokenValue: "A host value could not be read at byte {0}: {1}.", "宿主的值在第 {0} 字节处无法读取：{1}。";
    ChangedFile: "The file changed between its two readings.", "文件在两次读取之间发生了变化。";
    Cycle: "Rows name each other as parents in a circle; the branch begins where it closes.", "各行的父子关系成环；已在此处断开。";
    OwnParent: "A row names itself as its parent; it was read as a first row.", "该行以自己为父记录；按第一行读取。";
    DuplicateId: "A row has the id of an earlier one; rows after it that name the id mean this one.", "该行的 id 与之前的一行重复；其后提到该 id 的行指的是这一行。";
    InvalidUtf8: "Bytes of the line that are no UTF-8 became U+FFFD.", "该行中不是 UTF-8 的字节已变为 U+FFFD。";
    InvalidTexts: "{0} texts were not valid UTF-8; the invalid bytes became U+FFFD.", "{0} 段文本不是有效的 UTF-8；无效字节已变为 U+FFFD。";
    LoneSurrogate: "Lone surrogates in the line became U+FFFD.", "该行中孤立的代理项已变为 U+FFFD。";
    MissingFirstKept: "The first row it keeps is not on the branch before it; nothing before it was kept.", "它要保留的第一行不在此前的分支上；此前的内容都没有保留。";
    MissingParent: "A row names a parent that is not in the file; it was put after the row before it.", "该行的父记录不在文件中；已排在前一行之后。";
    More: "{0} more of these were counted and not listed.", "另有 {0} 条同类问题，已计数，未列出。";
    NulBytes: "NUL bytes in the line were dropped.", "该行中的 NUL 字节已去除。";
    NulLine: "A line of nothing but NUL bytes was skipped.", "只有 NUL 字节的一行已跳过。";
    OutOfTurn: "The file is too far out of order to be put right in bounded memory; the row came out of turn.", "文件乱序过多，无法在有限内存内还原；该行未按次序读入。";
    ReorderedLine: "A row stands before its parent; the parent was looked up further on.", "该行排在其父记录之前；父记录已在后文找到。";
    SecondHeader: "A second header; rows after it were read as part of the same session.", "出现第二个文件头；其后的行仍按同一会话读取。";
    TooDeep: "A row is nested deeper than {0} levels; it was skipped.", "该行嵌套超过 {0} 层；已跳过。";
    TooDeepValues: "{0} values lie deeper than {1} levels and were read as null.", "{0} 个值的嵌套超过 {1} 层，按 null 读取。";
    TooLongLine: "A line of {0} bytes was skipped: {1} are read at most.", "一行有 {0} 字节，已跳过：最多读取 {1} 字节。";
    TornLine: "The line begins with a piece of another; the whole row at its end was read.", "该行开头是另一行的残片；已读取其末尾的完整记录。";
    TrailingBytes: "{0} bytes after the value were ignored.", "值之后的 {0} 字节已忽略。";
    TruncatedLine: "The file ends in the middle of this line; it was skipped.", "文件在该行中间结束；已跳过该行。";
    UnknownType: "A row of type {0} is not known here; it was kept out.", "不认识类型为 {0} 的行；未纳入。";
}

impl Complaint {
    /// Stable name of the kind; complaints of one name are counted together.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::BadLeaf => "bad-leaf",
            Self::BrokenLine | Self::BrokenRow => "broken-line",
            Self::BrokenValue => "broken-value",
            Self::ChangedFile => "changed-file",
            Self::Cycle | Self::OwnParent => "cycle",
            Self::DuplicateId => "duplicate-id",
            Self::InvalidUtf8 | Self::InvalidTexts => "invalid-utf8",
            Self::LoneSurrogate => "lone-surrogate",
            Self::MissingFirstKept => "missing-first-kept",
            Self::MissingParent => "missing-parent",
            Self::More => "more",
            Self::NulBytes | Self::NulLine => "nul-bytes",
            Self::OutOfTurn => "out-of-turn",
            Self::ReorderedLine => "reordered-line",
            Self::SecondHeader => "second-header",
            Self::TooDeep | Self::TooDeepValues => "too-deep",
            Self::TooLongLine => "too-long-line",
            Self::TornLine => "torn-line",
            Self::TrailingBytes => "trailing-bytes",
            Self::TruncatedLine => "truncated-line",
            Self::UnknownType => "unknown-type",
        }
    }
}
