//! What the shell says itself: the shim's log lines and `openclaw asm`. The build gives it a copy, because the lines
//! about a core that does not load cannot come from the core.

/// Name, English, Chinese. `{0}`, `{1}`, … stand for what is filled in.
pub const TEXTS: &[(&str, [&str; 2])] = &[
    // `openclaw asm`.
    (
        "root",
        [
            "Auto session manager: what is kept of your conversations, when it is saved next, and what is in the way",
            "自动会话管理：保留了对话中的什么、下次何时保存、有什么障碍",
        ],
    ),
    (
        "sessions",
        ["List the conversations ASM knows, the last used first", "列出 ASM 知道的对话，最近使用的在前"],
    ),
    (
        "status",
        ["Show one conversation; the last used where none is named", "显示一个对话；未指定时为最近使用的"],
    ),
    ("save", ["Save one conversation now, through the running gateway", "通过运行中的网关立即保存一个对话"]),
    ("doctor", ["Find what keeps ASM from working", "查找妨碍 ASM 工作的问题"]),
    ("optionJson", ["Print JSON", "输出 JSON"]),
    (
        "optionFix",
        ["Show the changes that help and apply them after consent", "展示有帮助的修改，同意后执行"],
    ),
    ("optionYes", ["With --fix: consent in advance", "与 --fix 一起使用：预先同意"]),
    (
        "exits",
        [
            "Exit code: 0 all is well, 1 a problem was found or the command failed, 2 wrong usage.",
            "退出码：0 一切正常，1 发现问题或命令失败，2 用法错误。",
        ],
    ),
    ("yesAlone", ["--yes has a meaning only together with --fix.", "--yes 只有与 --fix 一起使用才有意义。"]),
    ("nothingToFix", ["Nothing here can be changed by --fix.", "这里没有 --fix 可以修改的内容。"]),
    ("willRun", ["These commands will be run:", "将运行以下命令："]),
    ("byHand", ["For you to run, if you agree:", "如您同意，请自行运行："]),
    ("confirm", ["Apply? [y/N] ", "是否执行？[y/N] "]),
    (
        "noTerminal",
        [
            "--fix asks before it changes anything, and there is no terminal to ask on. Add --yes to consent.",
            "--fix 修改之前会先询问，而这里没有可供询问的终端。加上 --yes 表示同意。",
        ],
    ),
    ("unchanged", ["Nothing was changed.", "没有做任何修改。"]),
    ("failed", ["{0} failed: {1}", "{0} 失败：{1}"]),
    ("holds", ["Applied, and it holds.", "已执行，并已生效。"]),
    ("holdsNot", ["Applied, but this still stands: {0}", "已执行，但以下问题仍然存在：{0}"]),
    (
        "fromFiles",
        [
            "The gateway does not answer: this is what its files tell, as of the last save.",
            "网关没有应答：以上内容来自文件，截至最近一次保存。",
        ],
    ),
    (
        "noAnswer",
        [
            "The gateway did not answer: {0}. Saving needs the running gateway; start it with `openclaw gateway start`.",
            "网关没有应答：{0}。保存需要网关正在运行；请用 `openclaw gateway start` 启动。",
        ],
    ),
    (
        "noToken",
        [
            "No operator token to speak to the gateway with. Set gateway.auth.token or OPENCLAW_GATEWAY_TOKEN, or send /asm save in the chat.",
            "没有与网关通信的操作员令牌。请设置 gateway.auth.token 或 OPENCLAW_GATEWAY_TOKEN，或在聊天中发送 /asm save。",
        ],
    ),
    (
        "remote",
        [
            "gateway.mode is \"remote\": run this on the gateway's host.",
            "gateway.mode 为 \"remote\"：请在网关所在的主机上运行。",
        ],
    ),
    ("none", ["ASM has not seen a conversation yet.", "ASM 还没有见到任何对话。"]),
    // Lines of the shim.
    (
        "coreFault",
        [
            "disabled after a fault in its core ({0}); replies go on without it. Run: openclaw plugins reload auto-session-manager",
            "内核故障（{0}），已停用；回复不受影响。请运行：openclaw plugins reload auto-session-manager",
        ],
    ),
    ("notUnderstood", ["{0} was not understood: {1}", "无法理解 {0}：{1}"]),
    ("hookFailed", ["{0} failed ({1}); replies go on", "{0} 失败（{1}）；回复不受影响"]),
    (
        "coreNotLoaded",
        [
            "disabled, its core did not load ({0}); reinstall the plugin",
            "内核无法加载（{0}），已停用；请重新安装插件",
        ],
    ),
    (
        "disabled",
        [
            "auto-session-manager is disabled; see the gateway's log",
            "auto-session-manager 已停用；请查看网关日志",
        ],
    ),
    ("noInjection", ["the host offers no injection", "宿主不提供注入接口"]),
    ("notQueued", ["the host did not queue the memory block", "宿主没有接受记忆块"]),
    (
        "recordUnwritten",
        ["the record could not be written, so nothing was reset", "记录无法写入，因此没有重置"],
    ),
    (
        "noOperatorToken",
        [
            "no operator token: set gateway.auth.token or OPENCLAW_GATEWAY_TOKEN",
            "没有操作员令牌：请设置 gateway.auth.token 或 OPENCLAW_GATEWAY_TOKEN",
        ],
    ),
    (
        "notIdle",
        ["the session did not become idle; the next turn tries again", "会话一直没有空闲；下一轮再试"],
    ),
    ("busyAgain", ["the session is busy again; nothing was done", "会话又忙起来了；没有做任何事"]),
    ("noSuchDay", ["no such day: {0}", "没有这样的日期：{0}"]),
    ("noteLocked", ["the note is locked by another process", "笔记被另一个进程锁定"]),
    ("gatewayLate", ["the gateway did not answer {0} in time", "网关没有及时应答 {0}"]),
    ("gatewayUnreached", ["no connection to the gateway at {0}", "无法连接网关 {0}"]),
    ("gatewayClosed", ["the gateway closed the connection", "网关关闭了连接"]),
    ("gatewayRefused", ["the gateway refused {0}", "网关拒绝了 {0}"]),
    (
        "nodeTooOld",
        [
            "auto-session-manager needs Node {0} or newer and is off (this is {1}). Update Node, then restart the gateway.",
            "auto-session-manager 需要 Node {0} 或更新版本，现已停用（当前 {1}）。请更新 Node 并重启网关。",
        ],
    ),
    (
        "hostTooOld",
        [
            "auto-session-manager needs OpenClaw {0} or newer and is off (this is {1}). Run: openclaw update",
            "auto-session-manager 需要 OpenClaw {0} 或更新版本，现已停用（当前 {1}）。请运行：openclaw update",
        ],
    ),
    (
        "hostLacks",
        [
            "auto-session-manager is off: this host lacks api.{0}; it needs OpenClaw {1} or newer. Run: openclaw update",
            "auto-session-manager 已停用：宿主缺少 api.{0}；需要 OpenClaw {1} 或更新版本。请运行：openclaw update",
        ],
    ),
];
