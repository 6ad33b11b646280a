//! Every configuration key, once: type, range, default, environment variable, and what a person is told about it.
//! The manifest's `configSchema` and `uiHints` are made from this table.

/// What values a key takes, and its default.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Takes {
    Bool {
        default: bool,
    },
    /// A whole number in `min..=max`. `None`: off until set.
    Whole {
        min: u64,
        max: u64,
        default: Option<u64>,
    },
    /// One of a list of words; the first is the default.
    Word {
        of: &'static [&'static str],
    },
    /// Free text; empty is "not set".
    Text {
        default: &'static str,
    },
    /// A command as a list of words, run without a shell; empty is "not set".
    Command,
}

/// One configuration key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Dotted path below the plugin's `config`, e.g. `context.thresholdPercent`.
    pub path: &'static str,
    pub takes: Takes,
    /// Environment variable that outranks the file.
    pub env: Option<&'static str>,
    /// Short label and one sentence of help, English then Chinese.
    pub label: [&'static str; 2],
    pub help: [&'static str; 2],
}

const fn key(path: &'static str, takes: Takes, label: [&'static str; 2], help: [&'static str; 2]) -> Key {
    Key { path, takes, env: None, label, help }
}

const fn env(name: &'static str, key: Key) -> Key {
    Key { env: Some(name), ..key }
}

const fn whole(min: u64, max: u64, default: u64) -> Takes {
    Takes::Whole { min, max, default: Some(default) }
}

const fn off_or(min: u64, max: u64) -> Takes {
    Takes::Whole { min, max, default: None }
}

const fn switch(default: bool) -> Takes {
    Takes::Bool { default }
}

/// The largest context window any provider sells, with room to grow (tokens).
const MOST_TOKENS: u64 = 100_000_000;

/// All keys, grouped by section, in the order in which a person meets them.
pub static KEYS: &[Key] = &[
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
    key(
        "notify.telegramChat",
        Takes::Text { default: "" },
        ["Telegram chat for alerts", "接收警报的 Telegram 聊天"],
        [
            "Chat id to which the watchdog sends its alerts by itself, without the gateway; empty sends none.",
            "看门狗不经过网关、自行发送警报的聊天 id；留空则不发送。",
        ],
    ),
    key(
        "notify.telegramToken",
        Takes::Text { default: "" },
        ["Telegram token for alerts", "发送警报的 Telegram 令牌"],
        [
            "Token of the bot that sends alerts, or ${NAME} of the environment; empty takes the gateway's own bot.",
            "发送警报的机器人的令牌，或环境变量 ${NAME}；留空则使用网关自己的机器人。",
        ],
    ),
    key(
        "notify.webhook",
        Takes::Text { default: "" },
        ["Webhook for alerts", "接收警报的 Webhook"],
        [
            "URL to which the watchdog posts its alerts as JSON, or ${NAME} of the environment; empty posts none.",
            "看门狗以 JSON 发送警报的 URL，或环境变量 ${NAME}；留空则不发送。",
        ],
    ),
    key(
        "notify.webhookFormat",
        Takes::Word { of: &["json", "slack", "discord", "feishu", "dingtalk", "wecom"] },
        ["Webhook format", "Webhook 格式"],
        [
            "Shape of what is posted: json has all fields, the others are what that service takes.",
            "发送内容的格式：json 含全部字段，其余为相应服务所接受的格式。",
        ],
    ),
    key(
        "notify.command",
        Takes::Command,
        ["Command for alerts", "警报命令"],
        [
            "Run for each alert without a shell: the text on its input, ASM_ALERT_CODE, _SEVERITY, _ABOUT, _ID in its environment.",
            "每条警报运行一次，不经过 shell：标准输入为文字，环境变量含 ASM_ALERT_CODE、_SEVERITY、_ABOUT、_ID。",
        ],
    ),
    key(
        "notify.mailTo",
        Takes::Text { default: "" },
        ["Mail address for alerts", "接收警报的邮箱"],
        [
            "Address to which alerts are mailed by the machine's own sendmail program; empty mails none.",
            "通过本机的 sendmail 程序发送警报的邮箱地址；留空则不发送。",
        ],
    ),
    env(
        "ASM_GATEWAY_TIMEOUT",
        key(
            "watchdog.timeoutSeconds",
            whole(10, 86_400, 180),
            ["Silent for (seconds)", "无响应时间（秒）"],
            ["A gateway silent for this long is restarted.", "网关无响应达到这个时间就重启。"],
        ),
    ),
    env(
        "ASM_MONITOR_INTERVAL",
        key(
            "watchdog.intervalSeconds",
            whole(1, 3_600, 60),
            ["Probe every (seconds)", "探测间隔（秒）"],
            ["How often the watchdog probes.", "看门狗多久探测一次。"],
        ),
    ),
    key(
        "watchdog.graceSeconds",
        whole(1, 86_400, 300),
        ["Boot grace (seconds)", "启动宽限（秒）"],
        ["A starting gateway is left alone for this long.", "正在启动的网关在这段时间内不受打扰。"],
    ),
    key(
        "watchdog.drainSeconds",
        whole(1, 86_400, 330),
        ["Drain grace (seconds)", "排空宽限（秒）"],
        [
            "A draining gateway is left alone for this long; the host's own stop budget is 330 s.",
            "正在排空的网关在这段时间内不受打扰；宿主自己的停止预算是 330 秒。",
        ],
    ),
    key(
        "watchdog.restartCommand",
        Takes::Command,
        ["Restart command", "重启命令"],
        [
            "How the gateway's owner is asked to restart it; empty asks the owner that is found, else runs `openclaw gateway restart`.",
            "请网关的所有者重启它的命令；留空则请求找到的所有者，找不到时运行 `openclaw gateway restart`。",
        ],
    ),
    key(
        "watchdog.restartSeconds",
        whole(1, 3_600, 400),
        ["Restart deadline (seconds)", "重启时限（秒）"],
        [
            "A restart command that takes longer is ended and counted as failed.",
            "超过此时间的重启命令会被终止并记为失败。",
        ],
    ),
    key(
        "watchdog.verifySeconds",
        whole(1, 3_600, 120),
        ["Verify within (seconds)", "验证时限（秒）"],
        [
            "A restart counts only if a new boot answers within this time.",
            "只有在此时间内看到新的启动应答，重启才算成功。",
        ],
    ),
    key(
        "watchdog.maxRestarts",
        whole(1, 100, 3),
        ["Restarts before escalation", "升级前的重启次数"],
        [
            "After this many failed restarts the escalation command runs once.",
            "重启失败达到此次数后，运行一次升级命令。",
        ],
    ),
    key(
        "watchdog.escalateCommand",
        Takes::Command,
        ["Escalation command", "升级命令"],
        [
            "Run once when restarting does not help, e.g. a repair agent; empty only logs.",
            "重启无效时运行一次，例如修复用的智能体；留空则只记录。",
        ],
    ),
    key(
        "watchdog.owner",
        Takes::Text { default: "" },
        ["Owner of the gateway", "网关的所有者"],
        [
            "Who restarts the gateway: systemd-user:UNIT, systemd:UNIT, launchd:LABEL, docker:NAME or podman:NAME; empty looks for it.",
            "由谁重启网关：systemd-user:单元、systemd:单元、launchd:标签、docker:名称或 podman:名称；留空则自动查找。",
        ],
    ),
    key(
        "watchdog.statusCommand",
        Takes::Command,
        ["Status command", "状态命令"],
        [
            "Asks an owner of your own for the gateway's state; prints JSON with active, pid, last_exit, restarts, stop_ms.",
            "向你自己的所有者查询网关状态；输出含 active、pid、last_exit、restarts、stop_ms 的 JSON。",
        ],
    ),
    key(
        "watchdog.reachabilityTargets",
        Takes::Text { default: "223.5.5.5:443, 119.29.29.29:443, 1.1.1.1:443, 9.9.9.9:443" },
        ["Reachability targets", "连通性目标"],
        [
            "host:port, any of which proves that the network is up; connected to in doubt, and now and then through a proxy that is in use; empty never asks.",
            "host:port，能连上任意一个即表示网络正常；有疑问时连接，使用代理时另会不时经代理连接；留空则从不检查。",
        ],
    ),
    key(
        "watchdog.maxRestartsPerDay",
        whole(1, 1_000, 6),
        ["Restarts in a day", "每天重启次数"],
        [
            "No more restarts than this in 24 hours, and no more than maxRestarts in 30 minutes.",
            "24 小时内的重启不超过此次数，30 分钟内不超过 maxRestarts。",
        ],
    ),
    key(
        "watchdog.besideOthers",
        switch(false),
        ["Act beside other watchdogs", "与其他看门狗并行"],
        [
            "Restart although another program restarts the gateway, too; else that is only observed and named.",
            "即使另有程序也会重启网关，仍然执行重启；否则只观察并指出它。",
        ],
    ),
    key(
        "watchdog.captureStack",
        switch(false),
        ["Capture the stack", "捕获调用栈"],
        [
            "Before a restart, ask Node's inspector (loopback, port 9229) what a busy gateway is running; from 2026.9.6 on only.",
            "重启前通过 Node 的调试接口（本机回环，端口 9229）查询繁忙的网关正在执行什么；仅限 2026.9.6 及以后的版本。",
        ],
    ),
];
