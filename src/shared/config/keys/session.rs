//! What is remembered of a conversation and said in it.

use super::{Key, Takes, env, key, off_or, switch, whole};

/// The largest context window any provider sells, with room to grow (tokens).
const MOST_TOKENS: u64 = 100_000_000;

/// The keys of the conversation, in the order in which a person meets them.
pub(super) static KEYS: &[Key] = &[
    key(
        "language",
        Takes::Word { of: &["auto", "zh", "en"] },
        ["Language", "语言"],
        [
            "Language of what ASM says; auto follows the conversation.",
            "ASM 说话所用的语言；auto 表示跟随对话。",
        ],
    ),
    key(
        "userTimezone",
        Takes::Text { default: "" },
        ["Time zone", "时区"],
        [
            "IANA time zone that names the day of a memory note; empty takes the host's.",
            "决定记忆笔记日期的 IANA 时区；留空则用宿主的时区。",
        ],
    ),
    env(
        "ASM_CONTEXT_THRESHOLD",
        key(
            "context.thresholdPercent",
            whole(1, 99, 80),
            ["Save at (percent)", "保存阈值（百分比）"],
            [
                "Save memory at this share of the window, earlier where the host would compact first.",
                "上下文用到窗口的这个比例时保存记忆；宿主会更早压缩时则提前。",
            ],
        ),
    ),
    key(
        "context.capTokens",
        off_or(1_000, MOST_TOKENS),
        ["Save at (tokens)", "保存上限（token）"],
        ["Absolute bound besides the percentage; off until set.", "百分比之外的绝对上限；未设置则不启用。"],
    ),
    key(
        "context.windowTokens",
        off_or(1_000, MOST_TOKENS),
        ["Window (tokens)", "窗口大小（token）"],
        [
            "The model's window where the host knows none; never outranks a smaller one the host reports.",
            "宿主不知道窗口大小时使用；不会超过宿主报告的更小值。",
        ],
    ),
    key(
        "continuation.enabled",
        switch(true),
        ["Continue over boundaries", "跨边界续接"],
        [
            "Put the memory block in front of the model after a compaction, /new, reset or crash.",
            "在压缩、/new、重置或崩溃之后把记忆块放到模型面前。",
        ],
    ),
    key(
        "continuation.budgetTokens",
        whole(300, 20_000, 1_500),
        ["Block budget (tokens)", "记忆块预算（token）"],
        ["The memory block never holds more than this.", "记忆块不会超过这个大小。"],
    ),
    key(
        "ladder.warnPercent",
        off_or(1, 99),
        ["Warn at (percent)", "提醒阈值（百分比）"],
        [
            "Log a warning at this share of the window; off until set.",
            "达到窗口的这个比例时记录提醒；未设置则不启用。",
        ],
    ),
    key(
        "ladder.newContext",
        switch(false),
        ["Open a new context by itself", "自动开启新上下文"],
        [
            "At newContextPercent, after saving, reset the session through the gateway and continue in a fresh context.",
            "达到 newContextPercent 时，先保存，再通过网关重置会话，在全新的上下文里继续。",
        ],
    ),
    key(
        "ladder.newContextPercent",
        whole(1, 99, 90),
        ["New context at (percent)", "新上下文阈值（百分比）"],
        [
            "Share of the window at which a new context is opened, if newContext is on.",
            "newContext 打开时，达到窗口的这个比例就开启新上下文。",
        ],
    ),
    key(
        "memory.notes",
        switch(true),
        ["Write memory notes", "写入记忆笔记"],
        [
            "Append what was saved to the workspace's memory/YYYY-MM-DD.md (the agent's main session only).",
            "把保存的内容追加到工作区的 memory/YYYY-MM-DD.md（仅限智能体的主会话）。",
        ],
    ),
    key(
        "memory.notesForAllSessions",
        switch(false),
        ["Notes for all sessions", "所有会话都写笔记"],
        [
            "The workspace is shared by everyone who talks to the agent: other sessions' notes are readable there.",
            "工作区由与该智能体对话的所有人共享：其他会话的笔记在那里可被读到。",
        ],
    ),
    key(
        "memory.keepDays",
        whole(1, 36_500, 365),
        ["Keep records (days)", "记录保留（天）"],
        [
            "Older records of ours are pruned; nothing else ever is.",
            "更早的 ASM 记录会被清理；其他文件从不改动。",
        ],
    ),
    key(
        "memory.maxTotalMegabytes",
        whole(1, 100_000, 256),
        ["Keep records (MB)", "记录保留（MB）"],
        ["The oldest records of ours are pruned beyond this total.", "总量超过此值时清理最旧的 ASM 记录。"],
    ),
    key(
        "memory.importOriginalSkill",
        switch(true),
        ["Import the original skill's files", "导入原技能的文件"],
        [
            "Read the original auto-session-manager skill's memory once; its files are kept.",
            "读取一次原 auto-session-manager 技能的记忆；其文件保持不动。",
        ],
    ),
    env(
        "ASM_MINIMAX_QUOTA_THRESHOLD",
        key(
            "quota.minimaxCallsLeft",
            whole(0, 1_000_000_000, 100),
            ["MiniMax calls left", "MiniMax 剩余调用次数"],
            [
                "Alert at this many calls left. Read and checked; this version does not watch quota yet.",
                "剩余调用次数到此值时提醒。本版本只读取并校验，尚未监控额度。",
            ],
        ),
    ),
    key(
        "notify.sessionTexts",
        switch(true),
        ["Say what happened", "告知发生了什么"],
        [
            "After an automatic new context, tell the person in that conversation with the next reply's block.",
            "自动开启新上下文之后，让智能体在下一次回复时告知用户。",
        ],
    ),
];
