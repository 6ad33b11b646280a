//! When the watchdog acts, and by whom.

use super::{Key, Takes, env, key, switch, whole};

/// The watchdog's keys, in the order in which a person meets them.
pub(super) static KEYS: &[Key] = &[
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
            "host:port, any of which proves that the network is up; connected to once at the start and in doubt, and now and then through a proxy that is in use; empty never asks.",
            "host:port，能连上任意一个即表示网络正常；启动时一次、有疑问时连接，使用代理时另会不时经代理连接；留空则从不检查。",
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
