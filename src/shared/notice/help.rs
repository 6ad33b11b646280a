//! What `--help` of the offline command line says.

/// Name, English, Chinese.
pub const TEXTS: &[(&str, [&str; 2])] = &[
    (
        "help",
        [
            r#"auto-session-manager: look at a stored session without a gateway.

  node asm.mjs replay   FILE   what ASM would have counted, decided and saved
  node asm.mjs breakdown FILE  what fills the context at its end, and what would free most
  node asm.mjs extract  FILE   the facts it would have kept
  node asm.mjs continue FILE   the memory block a model would get after it
  node asm.mjs count   [FILE]  exact tokens of a text
  node asm.mjs doctor          what `openclaw asm doctor` finds, also where the plugin is disabled

FILE is a session as OpenClaw stores it (.jsonl); - reads standard input.
  --help     this, or after a command: its options and examples
  --version  the version

Exit: 0 done; 1 unreadable, or nothing usable in it; 2 wrong usage; 3 done, but with diagnostics (--strict)."#,
            r#"auto-session-manager：无需网关即可查看会话记录。

  node asm.mjs replay   FILE   ASM 会如何计数、决定和保存
  node asm.mjs breakdown FILE  会话末尾上下文的构成，以及怎样最能腾出空间
  node asm.mjs extract  FILE   它会保存的事实
  node asm.mjs continue FILE   之后模型会得到的记忆块
  node asm.mjs count   [FILE]  文本的准确 token 数
  node asm.mjs doctor          与 `openclaw asm doctor` 相同，插件被停用时也能用

FILE 是 OpenClaw 存储的会话（.jsonl）；- 表示读取标准输入。
  --help     显示本说明；写在命令之后则显示该命令的选项和示例
  --version  显示版本

退出码：0 完成；1 无法读取或没有可用内容；2 用法错误；3 完成但有诊断（--strict）。"#,
        ],
    ),
    (
        "help_doctor",
        [
            r#"node asm.mjs doctor [options]

The same as `openclaw asm doctor`, from outside the host: it also finds a plugin that was left disabled, where the host
does not know the command. Needs `openclaw` on the PATH.

  --fix    apply what openclaw itself can apply, after asking
  --yes    do not ask
  --json   the findings as JSON

  node asm.mjs doctor --fix"#,
            r#"node asm.mjs doctor [选项]

与 `openclaw asm doctor` 相同，但在宿主之外运行：插件被停用、宿主不认识该命令时也能发现问题。PATH 中需要有 `openclaw`。

  --fix    询问后执行 openclaw 自己能做的修复
  --yes    不询问
  --json   以 JSON 输出发现的问题

  node asm.mjs doctor --fix"#,
        ],
    ),
    (
        "help_replay",
        [
            r#"node asm.mjs replay FILE|- [options]

Reads a stored session as ASM would have followed it. For each model call that reports its usage: how many tokens its
prompt had, how many ASM expected, and the error. Between them: saves, compactions and decisions. At the end a summary.

  --json          one JSON object a line; the last is the summary
  --window N      the model's context window in tokens (otherwise 200000 is assumed, and said so)
  --threshold N   save at this percentage of the window
  --strict        exit 3 if anything was wrong with the file

  node asm.mjs replay session.jsonl
  node asm.mjs replay session.jsonl --json --window 128000 | tail -n 1
  zstd -dc session.jsonl.zst | node asm.mjs replay -"#,
            r#"node asm.mjs replay FILE|- [选项]

按 ASM 当时的方式重读会话。对每次报告了用量的模型调用，显示提示词的 token 数、ASM 的预测值和误差；
其间显示保存、压缩和决定；最后是汇总。

  --json          每行一个 JSON 对象；最后一行是汇总
  --window N      模型的上下文窗口（token；不指定则假定 200000 并注明）
  --threshold N   用到窗口的这个百分比时保存
  --strict        文件有任何问题时以 3 退出

  node asm.mjs replay session.jsonl
  node asm.mjs replay session.jsonl --json --window 128000 | tail -n 1
  zstd -dc session.jsonl.zst | node asm.mjs replay -"#,
        ],
    ),
    (
        "help_breakdown",
        [
            r#"node asm.mjs breakdown FILE|- [options]

What fills the context at the end of a stored session: system prompt and tools, people, replies, tool calls and results,
images, the largest messages, with their tokens and share; and what trimming, clearing or a compaction would free.

  --json       {version, total_tokens, window_tokens, parts, largest, frees} as JSON
  --window N   the model's context window in tokens
  --strict     exit 3 if anything was wrong with the file

  node asm.mjs breakdown session.jsonl
  node asm.mjs breakdown session.jsonl --json"#,
            r#"node asm.mjs breakdown FILE|- [选项]

会话末尾上下文的构成：系统提示与工具、用户、回复、工具调用与结果、图片、最大的消息，各自的 token 数和占比；
以及裁剪、清除或压缩能腾出多少。

  --json       以 JSON 输出 {version, total_tokens, window_tokens, parts, largest, frees}
  --window N   模型的上下文窗口（token）
  --strict     文件有任何问题时以 3 退出

  node asm.mjs breakdown session.jsonl
  node asm.mjs breakdown session.jsonl --json"#,
        ],
    ),
    (
        "help_extract",
        [
            r#"node asm.mjs extract FILE|- [options]

The facts ASM would have kept of a stored session: goals, rules, decisions, open work, exact values, each with the line
it came from.

  --json      {version, facts, diagnostics} as JSON
  --strict    exit 3 if anything was wrong with the file

  node asm.mjs extract session.jsonl
  node asm.mjs extract session.jsonl --json > facts.json"#,
            r#"node asm.mjs extract FILE|- [选项]

ASM 会从会话记录中保存的事实：目标、规则、决定、未完成的工作、准确的值，并注明来自哪一行。

  --json      以 JSON 输出 {version, facts, diagnostics}
  --strict    文件有任何问题时以 3 退出

  node asm.mjs extract session.jsonl
  node asm.mjs extract session.jsonl --json > facts.json"#,
        ],
    ),
    (
        "help_continue",
        [
            r#"node asm.mjs continue FILE|- [options]

Prints the memory block a model would get if the context were emptied at the end of this session, and nothing else.

  --strict    exit 3 if anything was wrong with the file

  node asm.mjs continue session.jsonl
  node asm.mjs continue session.jsonl | node asm.mjs count"#,
            r#"node asm.mjs continue FILE|- [选项]

只输出一样东西：如果在会话末尾清空上下文，模型会得到的记忆块。

  --strict    文件有任何问题时以 3 退出

  node asm.mjs continue session.jsonl
  node asm.mjs continue session.jsonl | node asm.mjs count"#,
        ],
    ),
    (
        "help_count",
        [
            r#"node asm.mjs count [FILE|-] [options]

Prints the exact number of tokens of a text; without FILE, of standard input.

  --encoding NAME   o200k_base (default) or cl100k_base
  --json            {tokens, encoding}

  node asm.mjs count notes.md
  printf 'hello' | node asm.mjs count --json"#,
            r#"node asm.mjs count [FILE|-] [选项]

输出文本的准确 token 数；不给 FILE 则读取标准输入。

  --encoding NAME   o200k_base（默认）或 cl100k_base
  --json            {tokens, encoding}

  node asm.mjs count notes.md
  printf 'hello' | node asm.mjs count --json"#,
        ],
    ),
];
