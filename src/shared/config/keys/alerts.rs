//! How a person is told what the watchdog has to say.

use super::{Key, Takes, key};

/// The ways of an alert, in the order in which a person meets them.
pub(super) static KEYS: &[Key] = &[
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
];
