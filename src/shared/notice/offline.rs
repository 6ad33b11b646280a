//! What the offline command line says, but for its help.

/// Name, English, Chinese. `{0}`, `{1}`, … stand for what is filled in.
pub const TEXTS: &[(&str, [&str; 2])] = &[
    (
        "unknownCommand",
        [
            "unknown command: {0}\nCommands: replay, breakdown, extract, continue, count, doctor. See: node asm.mjs --help",
            "未知的命令：{0}\n可用命令：replay、breakdown、extract、continue、count、doctor。参见：node asm.mjs --help",
        ],
    ),
    (
        "unknownOption",
        ["unknown option {0}. See: node asm.mjs {1} --help", "未知的选项 {0}。参见：node asm.mjs {1} --help"],
    ),
    (
        "optionNeedsValue",
        [
            "option {0} needs a value: {0}=VALUE. See: node asm.mjs {1} --help",
            "选项 {0} 需要一个值：{0}=值。参见：node asm.mjs {1} --help",
        ],
    ),
    (
        "optionTakesNone",
        [
            "option {0} takes no value. See: node asm.mjs {1} --help",
            "选项 {0} 不带值。参见：node asm.mjs {1} --help",
        ],
    ),
    (
        "noFile",
        [
            "which file? Give one, or - to read standard input. See: node asm.mjs {0} --help",
            "要读哪个文件？请给出文件，或用 - 读取标准输入。参见：node asm.mjs {0} --help",
        ],
    ),
    ("oneFile", ["one file at a time, please; {0} is one too many", "一次只能读一个文件；{0} 是多余的"]),
    ("badEncoding", ["encoding {0} is not supported; supported: {1}", "不支持编码 {0}；支持的编码：{1}"]),
    (
        "badNumber",
        [
            "--{0} {1} is not accepted; it takes a whole number from {2} to {3}",
            "--{0} {1} 不可接受；应为 {2} 到 {3} 的整数",
        ],
    ),
    (
        "badSetting",
        [
            "{0} = {1} is not a whole number from {2} to {3}; {4} is used",
            "{0} = {1} 不是 {2} 到 {3} 的整数；改用 {4}",
        ],
    ),
    ("missing", ["{0}: no such file. Check the path", "{0}：没有这个文件。请检查路径"]),
    (
        "directory",
        [
            "{0} is a directory. Give one stored session (a .jsonl file) in it",
            "{0} 是目录。请给出其中的一个会话文件（.jsonl）",
        ],
    ),
    (
        "directoryForText",
        [
            "{0} is a directory. Give one text file, or - to read standard input",
            "{0} 是目录。请给出一个文本文件，或用 - 读取标准输入",
        ],
    ),
    (
        "unreadable",
        [
            "{0} may not be read by this user. Check its permissions (ls -l)",
            "当前用户无权读取 {0}。请检查其权限（ls -l）",
        ],
    ),
    ("cannotRead", ["{0} could not be read: {1}", "无法读取 {0}：{1}"]),
    (
        "cannotSpool",
        [
            "standard input could not be kept in {0} for its second reading: {1}. Free some space there, set TMPDIR, or give a file",
            "无法把标准输入暂存到 {0} 以便第二次读取：{1}。请在那里腾出空间、设置 TMPDIR，或直接给出文件",
        ],
    ),
    ("cannotWrite", ["the output could not be written: {0}", "无法写出结果：{0}"]),
    ("empty", ["{0} is empty: there is nothing in it to read", "{0} 是空的：没有内容可读"]),
    (
        "noTranscript",
        [
            "{0} is no stored session: no line of it holds a row (lines: {1}). A session is a .jsonl file, one JSON object a line",
            "{0} 不是会话记录：{1} 行中没有一行是有效记录。会话是 .jsonl 文件，每行一个 JSON 对象",
        ],
    ),
    ("noMessage", ["{0} holds no message: there is nothing to work on", "{0} 中没有任何消息：无事可做"]),
    (
        "noBlock",
        [
            "{0}: nothing in it needs carrying over, so a model would get no block",
            "{0}：没有需要续接的内容，模型不会得到记忆块",
        ],
    ),
    (
        "isZstd",
        [
            "It is compressed: zstd -dc {0} | node asm.mjs {1} -",
            "它是压缩文件：zstd -dc {0} | node asm.mjs {1} -",
        ],
    ),
    (
        "isGzip",
        [
            "It is compressed: gzip -dc {0} | node asm.mjs {1} -",
            "它是压缩文件：gzip -dc {0} | node asm.mjs {1} -",
        ],
    ),
    (
        "isSqlite",
        ["It is a database; export the session from OpenClaw first", "它是数据库；请先从 OpenClaw 导出会话"],
    ),
    (
        "countedAnyway",
        [
            "{0} does not look like text; it is counted all the same, what is not UTF-8 as U+FFFD.",
            "{0} 看起来不是文本；仍已统计，非 UTF-8 的部分按 U+FFFD 计。",
        ],
    ),
    (
        "notUtf8",
        [
            "{0} is not all UTF-8: what is not is counted as U+FFFD, as a provider would read it. If it is text in another encoding, convert it first, for example: iconv -f GB18030 -t UTF-8",
            "{0} 不全是 UTF-8：其余部分按 U+FFFD 计（与服务商读取的方式相同）。如果是其他编码的文本，请先转换，例如：iconv -f GB18030 -t UTF-8",
        ],
    ),
    (
        "isUtf16",
        [
            "It is UTF-16; convert it: iconv -f UTF-16 -t UTF-8 {0} | node asm.mjs {1} -",
            "它是 UTF-16 编码；请先转换：iconv -f UTF-16 -t UTF-8 {0} | node asm.mjs {1} -",
        ],
    ),
    (
        "fault",
        [
            "the core stopped with a fault ({0}). Please report it together with the file, or the smallest part of it that does this",
            "内核因故障停止（{0}）。请连同文件（或能重现问题的最小部分）一起报告",
        ],
    ),
    ("fromTerminal", ["reading from the terminal; end with Ctrl-D", "正在从终端读取；按 Ctrl-D 结束"]),
    (
        "tablesWrong",
        [
            "the tables it counts with are not those of this build ({0}); reinstall the plugin",
            "计数所用的表不属于此版本（{0}）；请重新安装插件",
        ],
    ),
    ("standardInput", ["standard input", "标准输入"]),
    ("reading", ["reading {0} of {1}: {2} MB{3}", "第 {0}/{1} 次读取：{2} MB{3}"]),
    ("diagnosticAt", ["line {0}: {1}", "第 {0} 行：{1}"]),
    ("columnLine", ["line", "行"]),
    ("columnCall", ["call", "调用"]),
    ("columnPrompt", ["prompt", "提示词"]),
    ("columnPredicted", ["predicted", "预测"]),
    ("columnError", ["error", "误差"]),
    ("cutOff", ["cut off", "中断"]),
    ("notBelieved", ["far more than the window: not believed", "远超窗口：未予采信"]),
    (
        "checkpoint",
        [
            "-- line {0}: saved ({1}) at {2} of {3} tokens, active facts: {4}",
            "-- 第 {0} 行：保存（{1}），{2} / {3} token，{4} 条有效事实",
        ],
    ),
    (
        "checkpointOver",
        [
            "-- line {0}: saved ({1}); active facts: {3}. What is counted does not fit into a window of {2} tokens: is that the model's?",
            "-- 第 {0} 行：保存（{1}），有效事实：{3}。统计结果超出 {2} token 的窗口：这是该模型的窗口吗？",
        ],
    ),
    (
        "compaction",
        [
            "-- line {0}: compaction, {1} tokens before, {2} after",
            "-- 第 {0} 行：压缩，之前 {1} token，之后 {2}",
        ],
    ),
    ("decision", ["-- line {0}: {1}", "-- 第 {0} 行：{1}"]),
    ("unknown", ["unknown", "未知"]),
    ("sumRead", ["Lines: {0}, messages: {1}, model calls: {2}", "{0} 行，{1} 条消息，{2} 次模型调用"]),
    (
        "sumError",
        [
            "Prediction of the next prompt: median error {0} %, 95 of 100 within {1} %, at most {2} % ({3} predictions; the first call apart, because a stored session does not hold the system prompt)",
            "对下一次提示词大小的预测：误差中位数 {0} %，95% 在 {1} % 以内，最大 {2} %（共 {3} 次预测；首次调用除外，因为会话记录不含系统提示词）",
        ],
    ),
    (
        "sumErrorFew",
        [
            "Prediction of the next prompt: median error {0} %, at most {1} % (predictions: only {2}; the first call apart, because a stored session does not hold the system prompt)",
            "对下一次提示词大小的预测：误差中位数 {0} %，最大 {1} %（仅 {2} 次预测；首次调用除外，因为会话记录不含系统提示词）",
        ],
    ),
    (
        "sumNoError",
        [
            "No prompt could be predicted: fewer than two calls report their usage",
            "无法预测：报告了用量的调用不足两次",
        ],
    ),
    (
        "sumEvents",
        [
            "Saves {0}, compactions {1}, resets {2}, facts {3}, diagnostics {4}",
            "保存 {0} 次，压缩 {1} 次，重置 {2} 次，事实 {3} 条，诊断 {4} 条",
        ],
    ),
    ("sumWindow", ["Window: {0} tokens", "窗口：{0} token"]),
    (
        "sumAssumed",
        [
            "Window: {0} tokens, assumed; tell it with --window",
            "窗口：{0} token（假定值；可用 --window 指定）",
        ],
    ),
    ("reason_line", ["line reached", "到达界线"]),
    ("reason_compaction", ["before compaction", "压缩之前"]),
    ("reason_reset", ["before reset", "重置之前"]),
    ("noFacts", ["no facts found", "没有找到事实"]),
    ("fact", ["{0} {1}  ({2}, {3}, {4} %)", "{0} {1}  （{2}，{3}，{4} %）"]),
    ("factAt", ["line {0}", "第 {0} 行"]),
    ("speaker_user", ["user", "用户"]),
    ("speaker_assistant", ["assistant", "助手"]),
    ("speaker_tool", ["tool", "工具"]),
    (
        "status_legend",
        ["- holds   ~ replaced by a later one   x done", "- 有效   ~ 已被后来的取代   x 已完成"],
    ),
    ("kind_goal", ["Goals", "目标"]),
    ("kind_constraint", ["Rules and limits", "规则与限制"]),
    ("kind_correction", ["Corrections", "更正"]),
    ("kind_decision", ["Decisions", "决定"]),
    ("kind_todo", ["Open work", "未完成的工作"]),
    ("kind_open_question", ["Open questions", "未解决的问题"]),
    ("kind_preference", ["Preferences", "偏好"]),
    ("kind_artefact", ["Files", "文件"]),
    ("kind_identifier", ["Exact values", "准确的值"]),
];
