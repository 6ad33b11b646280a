//! Short words of the watchdog's: what a judgement rests on, and what an alert was about.

notices! {
    /// A piece of a sentence. `{0}`: what it is about, or how much of it where it is about nothing; `{1}`: how much.
    Word;

    // What a judgement rests on.
    HealthzAnswers: "/healthz answers", "/healthz 有应答";
    HealthzSilent: "/healthz silent for {0}", "/healthz 已 {0} 没有应答";
    HealthzRefused: "connection refused for {0}", "连接被拒绝已 {0}";
    HealthzForeign: "the port answers, but not as a gateway does", "端口有应答，但不像是网关";
    FailedProbes: "failed probes in a row: {0}", "连续 {0} 次探测失败";
    OtherProbeSilent: "/readyz does not answer, either", "/readyz 也没有应答";
    SaysStarting: "it says that it is booting", "网关称正在启动";
    SaysDraining: "it says that it finishes its work", "网关称正在完成手头的工作";
    SaysNotReady: "it says that {0} fails", "网关称 {0} 有故障";
    SaysSuppressed: "it says that it holds channels down", "网关称已暂停渠道";
    ProcessStopped: "its process is stopped by a signal", "进程被信号停住";
    ProcessIdle: "its process does nothing", "进程没有活动";
    ProcessComputes: "its process computes", "进程正在计算";
    ProcessGone: "its process is gone", "进程已不存在";
    ProcessNew: "its process is a new one", "进程是新的";
    HeartbeatMoves: "the plugin's heartbeat goes on", "插件心跳仍在继续";
    HeartbeatStill: "no heartbeat of the plugin for {0}", "插件心跳已停 {0}";
    PortFree: "nobody listens on the port", "端口上没有程序在监听";
    PortTaken: "the port is held by {0}", "端口被 {0} 占用";
    OwnerFailed: "{0} calls it failed", "{0} 称其失败";
    OwnerStopped: "{0} calls it stopped", "{0} 称其已停止";
    OwnerStarting: "{0} is starting it", "{0} 正在启动它";
    OwnerStopping: "{0} is stopping it", "{0} 正在停止它";
    ExitCode: "it ended with exit code {0}", "以退出码 {0} 结束";
    KilledForMemory: "it was killed for want of memory", "因内存不足被终止";
    CpuPressure: "the processor is short by {0} %", "处理器紧张程度 {0} %";
    MemoryPressure: "memory is short by {0} %", "内存紧张程度 {0} %";
    DiskFull: "the disk is full", "磁盘已满";
    NetworkUp: "the network is up", "网络正常";
    NetworkDown: "the network is down", "网络中断";
    ProxyDown: "the proxy is down", "代理中断";
    ConfigBroken: "the configuration is broken", "配置已损坏";
    ChannelStale: "nothing has moved on channel {0} for {1}", "渠道 {0} 已 {1} 没有任何数据";
    ChannelFailing: "channel {0} has failed for {1}", "渠道 {0} 故障已 {1}";
    ChannelRefused: "channel {0} has been refused by its provider for {1}", "渠道 {0} 被服务商拒绝已 {1}";
    ChannelLimited: "channel {0} has been asked to wait for {1}", "渠道 {0} 被要求等待已 {1}";
    Guardian: "{0} may restart it, too", "{0} 也可能重启它";
    Held: "acting is held off for another {0}", "操作仍暂停 {0}";
    ShortLives: "it ended soon after {0} starts", "有 {0} 次启动后不久即结束";
    Gap: "the watchdog itself stood still", "看门狗自己曾停顿";
    Grace: "a boot may take {0}", "启动最长可用 {0}";
    DrainLimit: "a drain may take {0}", "排空最长可用 {0}";

    // What an alert was about.
    Restarted: "the gateway was restarted", "网关已重启";
    RestartUseless: "restarting did not help", "重启无效";
    ActingOff: "nothing was done, because restarting had not helped before", "此前重启无效，因此未采取操作";
    ConfigRefused: "the gateway did not start because of its configuration", "网关因配置错误无法启动";
    ConfigWasBroken: "the configuration file was broken", "配置文件损坏";
    PortWasTaken: "another program held the gateway's port", "网关端口被其他程序占用";
    Stranger: "something else answered on the gateway's port", "网关端口上有其他程序应答";
    PortWasGuessed: "nothing told the gateway's port", "无从得知网关端口";
    NoAnswerBeating: "the plugin was alive, but the port had no answer", "插件仍在运行，但端口没有应答";
    NotActedOn: "the gateway was silent and nothing was done about it", "网关没有应答，且未采取操作";
    OutOfMemory: "the gateway was killed for want of memory", "网关因内存不足被终止";
    Breaker: "the gateway held its channels down", "网关暂停了渠道";
    ChannelDown: "the channel did not work", "渠道无法工作";
    ChannelWasRefused: "the channel was refused by its provider", "渠道被服务商拒绝";
    PartFails: "the gateway was not ready", "网关尚未就绪";
    DiskWasFull: "the disk was full", "磁盘已满";
    StateUnsaved: "the watchdog's state could not be saved", "看门狗的状态无法保存";
    NetworkWasDown: "the machine had no network", "机器没有网络";
    ProxyWasDown: "the proxy could not be reached", "无法连接代理";
    GuardianFound: "another program restarts the gateway, too", "另一个程序也在重启网关";
    Verified: "the gateway answers again", "网关恢复应答";
    Recovered: "it is over", "已结束";
    Test: "a test", "测试";

    // What is the matter with a channel.
    TroubleStale: "nothing moves on it", "没有任何数据";
    TroubleFails: "it does not come up", "无法恢复";

    // How far an incident has come.
    StageRestarting: "a restart was under way", "正在重启";
    StageVerified: "its last restart was verified", "最后一次重启已确认";
    StageFailed: "its last restart failed", "最后一次重启失败";
    StageEscalated: "escalated", "已升级";
    StageClosed: "closed", "已结束";
}
