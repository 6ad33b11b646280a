//! Why ASM did what it did, and why it did not: the lines of the ledger.

notices! {
    /// One thing ASM did or left undone. `{0}`, `{1}`, … stand for what is filled in.
    Ledger;
    Saved: "saved ({0}): {1} active facts", "已保存（{0}）：{1} 条有效事实";
    SaveNothingNew: "not saved ({0}): nothing new since the last save", "未保存（{0}）：上次保存之后没有新内容";
    SaveNewerRecord: "not saved: the record was written by a newer version of ASM", "未保存：记录由更新版本的 ASM 写入";
    SaveUnreadableRecord: "not saved: the record cannot be read, and is left alone until the gateway starts again and can read it", "未保存：记录无法读取；在网关重新启动并能读取之前保持原样";
    SaveForeignRecord: "not saved: the record belongs to another conversation", "未保存：该记录属于另一个对话";
    NoteOff: "no memory note: switched off", "未写记忆笔记：已关闭";
    NotePaused: "no memory note: paused", "未写记忆笔记：已暂停";
    NoteOtherSession: "no memory note: not the agent's main session, whose notes everybody who talks to the agent may see", "未写记忆笔记：不是智能体的主会话，而笔记对所有与该智能体对话的人可见";
    NoteNoWorkspace: "no memory note: no workspace known", "未写记忆笔记：不知道工作区在哪里";
    NoteNoDay: "no memory note: no day known", "未写记忆笔记：不知道今天的日期";
    NoteNothingNew: "no memory note: nothing new since the last one", "未写记忆笔记：上次之后没有新内容";
    Compacted: "OpenClaw compacted the conversation", "OpenClaw 压缩了对话";
    Overflowed: "the provider refused the request as too long, and OpenClaw compacted the conversation", "模型服务商以过长为由拒绝了请求，OpenClaw 压缩了对话";
    StartedNew: "a new conversation was started", "开始了新对话";
    WasReset: "the conversation was reset", "对话被重置";
    OpenedNew: "ASM opened a new context", "ASM 开启了新的上下文";
    FoundCompacted: "a compaction that nobody signalled was found in the history", "在历史中发现一次没有通知的压缩";
    BlockOff: "no memory block: switched off", "没有记忆块：已关闭";
    BlockNothing: "no memory block: nothing to carry over", "没有记忆块：没有需要续接的内容";
    BlockArmed: "memory block put in place: {0} tokens, {1} facts", "记忆块已就位：{0} token，{1} 条事实";
    BlockDelivered: "memory block {0} was received by the model", "模型已收到记忆块 {0}";
    Interrupted: "a reply was cut off when the watchdog restarted the gateway at {0}", "看门狗于 {0} 重启网关时，一次回复被打断";
    InterruptionTold: "the model was told of the interruption", "已告知模型回复曾被打断";
    BlockSeenAgain: "memory block taken away: every fact is back in the history, superseded or dismissed", "记忆块已撤下：每条事实都已回到历史中、被取代或被放弃";
    BlockDeleted: "memory block taken away: the session was deleted", "记忆块已撤下：会话已被删除";
    CrossingAhead: "The next turn is likely to cross OpenClaw's compaction line: {0} tokens in use, line at {1}.", "下一轮很可能越过 OpenClaw 的压缩线：已用 {0} token，压缩线在 {1}。";
    WarnLine: "{0} tokens in use; the line for a warning is at {1} ({2})", "已用 {0} token；提醒界线在 {1}（{2}）";
    NewContextLine: "a new context is due: {0} tokens in use, line at {1} ({2})", "应当开启新的上下文：已用 {0} token，界线在 {1}（{2}）";
    NewContextPaused: "no new context: paused", "未开启新的上下文：已暂停";
    NewContextOpened: "a new context was opened in {0}", "已在 {0} 开启新的上下文";
    AskedPause: "paused, as asked in the chat", "按聊天中的要求暂停";
    AskedResume: "at work again, as asked in the chat", "按聊天中的要求恢复";
    PrunedOld: "record removed: older than memory.keepDays", "记录已移除：超过 memory.keepDays";
    PrunedLarge: "record removed: beyond memory.maxTotalMegabytes", "记录已移除：超过 memory.maxTotalMegabytes";
    RecordFailed: "the record could not be written: {0}", "记录无法写入：{0}";
    StateFailed: "the state could not be written: {0}", "状态无法写入：{0}";
    NoteFailed: "the memory note could not be written: {0}", "记忆笔记无法写入：{0}";
    InjectionFailed: "the memory block could not be queued: {0}", "记忆块无法排队注入：{0}";
    NewContextFailed: "a new context could not be opened: {0}", "无法开启新的上下文：{0}";
    FileFailed: "a file of ASM's could not be moved or removed: {0}", "ASM 的文件无法移动或移除：{0}";
    OriginalRead: "the original skill's files were read: {0} facts from {1} files, {2} files could not be used; they are kept as they are", "已读取原技能的文件：从 {1} 个文件中得到 {0} 条事实，{2} 个文件无法使用；文件保持原样";
    OriginalGiven: "{0} facts of the original skill were given to this conversation", "原技能的 {0} 条事实已交给本对话";
}
