//! What the watchdog says.

notices! {
    /// What the watchdog says. `{0}`, `{1}`, … stand for what is filled in.
    Text;

    // Verdicts.
    Healthy: "healthy", "正常";
    Starting: "starting", "启动中";
    Draining: "draining", "排空中";
    Busy: "busy", "繁忙";
    Degraded: "degraded", "部分故障";
    Hung: "hung", "卡死";
    Dead: "dead", "已停止";
    Flapping: "flapping", "反复崩溃";
    Breaker: "breaker", "熔断";
    NetworkDown: "network-down", "网络中断";
    ProxyDown: "proxy-down", "代理中断";
    Suspended: "suspended", "曾被挂起";
    Unknown: "unknown", "未知";
    // What they rest on.
    Answers: "it answers and is ready", "网关有应答且已就绪";
    PartFails: "it answers, but says that something fails", "网关有应答，但报告有部分故障";
    Starts: "it is booting", "网关正在启动";
    StartsTooLong: "its boot does not end", "启动迟迟没有结束";
    Drains: "it finishes its work before stopping", "网关正在停止前完成手头的工作";
    DrainsTooLong: "its drain does not end", "排空迟迟没有结束";
    InDoubt: "no answer, too few times to conclude anything", "没有应答，但次数太少，尚不能下结论";
    Progress: "no answer, but its process is working", "没有应答，但进程仍在工作";
    ProcessStopped: "no answer, and its process is stopped", "没有应答，且进程处于停止状态";
    NoAnswer: "connections are accepted but never answered", "连接被接受，但始终没有应答";
    Refused: "nobody listens on the port", "端口上没有程序在监听";
    NeverHealthy: "never seen healthy since the watchdog came; waiting out the boot grace", "看门狗启动后从未见过它正常；等待启动宽限期结束";
    HeartbeatElsewhere: "the plugin's heartbeat goes on but this port does not answer: check the port", "插件心跳仍在继续，但此端口没有应答：请检查端口设置";
    Stranger: "something answers, but not as a gateway does", "有程序应答，但不像是网关";
    DiesAgain: "it dies again soon after each start", "每次启动后不久又会停止";
    WatchdogStopped: "the watchdog itself was stopped for a while; starting over", "看门狗自己曾停顿一段时间；重新开始观察";
    NotYetSeen: "not looked at yet", "尚未观察";
    // Lines of `run`.
    VerdictLine: "gateway {0}: {1}", "网关{0}：{1}";
    SilentFor: " (no answer for {0}, {1} failed probes)", "（已 {0} 没有应答，连续 {1} 次探测失败）";
    Failing: " (failing: {0})", "（故障项：{0}）";
    Watching: "watching {0} every {1}; a silence of {2} leads to a restart by: {3}", "正在观察 {0}，每 {1} 一次；无应答达 {2} 时执行重启命令：{3}";
    DryRunOn: "dry run: no command will be run", "演练模式：不会执行任何命令";
    Stopping: "stopped watching", "已停止观察";
    EvidenceKept: "evidence kept in {0}", "现场信息已保存到 {0}";
    EvidenceFailed: "the evidence could not be kept ({0}); going on", "现场信息无法保存（{0}）；继续";
    RestartBegins: "restart {0} of {1}: {2}", "第 {0} 次重启（共 {1} 次）：{2}";
    WouldRun: "dry run, would now run: {0}", "演练模式，此时将执行：{0}";
    EscalationBegins: "restarting does not help; escalating once: {0}", "重启无效；执行一次升级命令：{0}";
    EscalationNone: "restarting does not help, and no escalation command is configured; watching only", "重启无效，且未配置升级命令；此后只观察";
    EscalationEnded: "the escalation command ended: {0}; watching only until it is healthy again", "升级命令已结束：{0}；在恢复正常之前只观察";
    CommandDone: "the restart command ended; waiting for a new boot", "重启命令已结束；等待新的启动";
    AttemptVerified: "restart {0} verified: a new boot answers", "第 {0} 次重启已确认：新的启动有应答";
    AttemptFailed: "restart {0} failed: {1}; the next one not before {2}", "第 {0} 次重启失败：{1}；至少 {2} 之后才会再次重启";
    NoNewBoot: "no new boot came in time", "限定时间内没有出现新的启动";
    CommandFailed: "the command ended with exit code {0}", "命令以退出码 {0} 结束";
    CommandSignal: "the command was ended by a signal", "命令被信号终止";
    CommandTimedOut: "the command took too long and was ended", "命令超时，已被终止";
    CommandNotFound: "the command could not be started", "命令无法启动";
    CommandOk: "exit code 0", "退出码 0";
    DryRunOutcome: "nothing was run", "没有执行任何命令";
    Closed: "incident {0} closed: stable again", "事件 {0} 已结束：恢复稳定";
    LeftRunning: "the gateway is back but the command still runs past its deadline; it is left alone", "网关已恢复，但命令超过时限仍在运行；不予理会";
    ResumedCommand: "a restart command of the watchdog before is still running; waiting for it", "上一个看门狗的重启命令仍在运行；等待它结束";
    StateAside: "the state file was not readable and was set aside as {0}; starting fresh", "状态文件无法读取，已另存为 {0}；重新开始";
    StateNewer: "the state file is of a newer version ({0}); it is left alone and nothing is remembered", "状态文件来自更新的版本（{0}）；保持原样，本次不保存状态";
    StateUnsaved: "the state could not be saved: {0}", "状态无法保存：{0}";
    AlreadyRunning: "another asm-watchdog already watches this state directory (pid {0})", "已有另一个 asm-watchdog 在观察此状态目录（pid {0}）";
    ConfigBroken: "the configuration {0} could not be read ({1}); defaults are used", "配置 {0} 无法读取（{1}）；使用默认值";
    SettingRefused: "{0} = {1} is not accepted ({2}); {3} is used", "{0} = {1} 不被接受（{2}）；使用 {3}";
    SettingUnknown: "{0} is not a setting of ours and is ignored", "{0} 不是本插件的设置，已忽略";
    FlagRefused: "{0} = {1} is not accepted: {2}", "{0} = {1} 不被接受：{2}";
    NoStateDir: "no state directory: set --state-dir, OPENCLAW_STATE_DIR or HOME", "找不到状态目录：请设置 --state-dir、OPENCLAW_STATE_DIR 或 HOME";
    // `status`.
    NoState: "no watchdog has run on {0} yet; start one: asm-watchdog run", "{0} 上还没有运行过看门狗；启动：asm-watchdog run";
    RunsAs: "a watchdog runs (pid {0})", "看门狗正在运行（pid {0}）";
    RunsNot: "no watchdog runs", "没有看门狗在运行";
    LastVerdict: "last verdict, {0}: {1}", "最后结论（{0}）：{1}";
    TotalsLine: "incidents: {0}, restarts: {1}, escalations: {2}", "事件 {0} 次，重启 {1} 次，升级 {2} 次";
    OpenIncident: "incident {0} is open ({1}), {2} restarts so far", "事件 {0} 尚未结束（{1}），已重启 {2} 次";
    LastFolder: "last evidence: {0}", "最近的现场信息：{0}";
    // Help, and what is wrong with a command line.
    HelpCommands: "Commands", "命令";
    HelpOptions: "Options", "选项";
    HelpUsage: "Usage", "用法";
    HelpHelp: "Print help", "显示帮助";
    HelpVersion: "Print version", "显示版本";
    UsageUnknown: "{0} is not known here; see: asm-watchdog --help", "不认识 {0}；参见：asm-watchdog --help";
    UsageValue: "{0}: {1} is not accepted; see: asm-watchdog --help", "{0}：不接受 {1}；参见：asm-watchdog --help";
    UsageNoValue: "{0} needs a value; see: asm-watchdog --help", "{0} 需要一个值；参见：asm-watchdog --help";
    UsageTwice: "{0} is given twice", "{0} 给出了两次";
    About: "Brings a dead OpenClaw gateway back, and only a dead one.", "让停掉的 OpenClaw 网关恢复运行，而且只在它真正停掉时才动手。";
    RunAbout: "Watch in the foreground and have the owner restart a dead gateway", "在前台观察，网关停掉时请其所有者重启";
    CheckAbout: "Look once and say what is the matter", "观察一次并说明情况";
    StatusAbout: "Show what the watchdog last concluded and did", "显示看门狗最近的结论和操作";
    HelpPort: "Gateway port [env: OPENCLAW_GATEWAY_PORT; config: gateway.port; default: 18789]", "网关端口 [环境变量：OPENCLAW_GATEWAY_PORT；配置：gateway.port；默认：18789]";
    HelpHost: "Address to probe [default: 127.0.0.1]", "探测的地址 [默认：127.0.0.1]";
    HelpStateDir: "State directory [env: OPENCLAW_STATE_DIR; default: $OPENCLAW_HOME/.openclaw or ~/.openclaw]", "状态目录 [环境变量：OPENCLAW_STATE_DIR；默认：$OPENCLAW_HOME/.openclaw 或 ~/.openclaw]";
    HelpConfig: "Configuration file [env: OPENCLAW_CONFIG_PATH; default: openclaw.json in the state directory]", "配置文件 [环境变量：OPENCLAW_CONFIG_PATH；默认：状态目录中的 openclaw.json]";
    HelpLanguage: "Language of the texts: auto, zh, en [config: language; default: auto, the locale's]", "文字语言：auto、zh、en [配置：language；默认：auto，即区域设置的语言]";
    HelpJson: "Print JSON", "输出 JSON";
    HelpDryRun: "Do everything except running commands, and say what would be run", "除执行命令外一切照做，并说明将执行什么";
    HelpTimeout: "Silence that leads to a restart, seconds [env: ASM_GATEWAY_TIMEOUT; default: 180]", "无应答多久后重启，秒 [环境变量：ASM_GATEWAY_TIMEOUT；默认：180]";
    HelpInterval: "Seconds between probes [env: ASM_MONITOR_INTERVAL; default: 60]", "探测间隔，秒 [环境变量：ASM_MONITOR_INTERVAL；默认：60]";
    HelpGrace: "A starting gateway is left alone this long, seconds [default: 300]", "正在启动的网关不受打扰的时间，秒 [默认：300]";
    HelpDrain: "A draining gateway is left alone this long, seconds [default: 330]", "正在排空的网关不受打扰的时间，秒 [默认：330]";
    HelpRestartCommand: "Restart command: words, or a JSON list of words; run without a shell [default: openclaw gateway restart]", "重启命令：空格分隔的词，或 JSON 词表；不经过 shell [默认：openclaw gateway restart]";
    HelpRestartSeconds: "Deadline of the restart command, seconds [default: 400]", "重启命令的时限，秒 [默认：400]";
    HelpVerify: "A new boot must answer within, seconds [default: 120]", "新的启动必须在此时间内应答，秒 [默认：120]";
    HelpMaxRestarts: "Restarts before escalation [default: 3]", "升级前的重启次数 [默认：3]";
    HelpEscalate: "Escalation command, run once per incident; written like the restart command", "升级命令，每次事件执行一次；写法同重启命令";
    RunAfter: "Examples:\n  asm-watchdog run --restart-command 'systemctl --user restart openclaw-gateway.service'\n  asm-watchdog run --dry-run --json\n\nPrecedence: flag, environment, configuration (plugins.entries[\"auto-session-manager\"].config.watchdog), default.\nCommands get ASM_WATCHDOG_VERDICT and ASM_WATCHDOG_INCIDENT (folder with the evidence) in their environment.\nExit codes: 0 stopped by SIGTERM or SIGINT, 1 failure, 2 usage, 75 another one already runs.", "示例：\n  asm-watchdog run --restart-command 'systemctl --user restart openclaw-gateway.service'\n  asm-watchdog run --dry-run --json\n\n优先级：命令行、环境变量、配置（plugins.entries[\"auto-session-manager\"].config.watchdog）、默认值。\n命令的环境中有 ASM_WATCHDOG_VERDICT 和 ASM_WATCHDOG_INCIDENT（现场信息所在目录）。\n退出码：0 被 SIGTERM 或 SIGINT 停止，1 失败，2 用法错误，75 已有另一个在运行。";
    CheckAfter: "Examples:\n  asm-watchdog check\n  asm-watchdog check --port 18789 --json\n\nExit codes: 0 healthy, 1 unhealthy (degraded, hung, dead), 2 usage, 3 unknown, starting or draining.", "示例：\n  asm-watchdog check\n  asm-watchdog check --port 18789 --json\n\n退出码：0 正常，1 异常（部分故障、卡死、已停止），2 用法错误，3 未知、启动中或排空中。";
    StatusAfter: "Examples:\n  asm-watchdog status\n  asm-watchdog status --json\n\nExit codes: 0 a watchdog runs and last saw it healthy, 1 it runs and last saw something else, 2 usage, 3 no watchdog runs or none has yet.", "示例：\n  asm-watchdog status\n  asm-watchdog status --json\n\n退出码：0 看门狗在运行且最近结论为正常，1 在运行但最近结论不是正常，2 用法错误，3 没有看门狗在运行或从未运行。";
}
