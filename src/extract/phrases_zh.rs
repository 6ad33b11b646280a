//! Chinese phrases, in the form of `fold`: `,` and `:` for their full-width forms.

use super::fact::Kind::{Constraint, Correction, Decision, Goal, OpenQuestion, Preference, Todo};
use super::phrase::{Cue, any, start};

/// What may stand before a phrase at the start of a clause.
#[rustfmt::skip]
pub(super) const FILLERS: &[&str] = &[
    "好的", "好", "行", "嗯", "那么", "那就", "那", "另外", "还有", "然后", "接下来", "现在", "首先", "其次",
    "最后", "其实", "对了", "不过", "但是", "但", "而且", "并且", "同时", "所以", "因此", "可以", "没问题",
    "是的", "谢谢", "你好", "您好", "哦", "啊", "以及", "请", "麻烦", "大家", "我觉得", "我们", "咱们", "你",
    "我", "这次",
];
/// Of those, the ones after which only a phrase of the tables may follow (they begin sentences too).
pub(super) const WEAK_FILLERS: &[&str] = &["我们", "咱们", "你", "我", "请", "麻烦", "可以", "接下来"];

#[rustfmt::skip]
pub(super) const CUES: &[Cue] = &[
    any("目标是", Goal, 95), start("目标 :", Goal, 95), any("新的目标", Goal, 95), any("目的是", Goal, 90),
    any("任务是", Goal, 88), start("我想", Goal, 76).user(), start("我想要", Goal, 80).user(),
    start("我要", Goal, 74).user(), start("我们要", Goal, 78).user(), start("我们想", Goal, 78).user(),
    start("帮我", Goal, 78).user(), start("请帮我", Goal, 80).user(), start("帮忙", Goal, 72).user(),
    any("能帮我", Goal, 78).user(), any("能不能帮我", Goal, 80).user(), any("可以帮我", Goal, 78).user(),
    start("我希望", Goal, 74).user(), start("我打算", Goal, 76).user(), start("我们正在做", Goal, 80).user(),
    start("我在做", Goal, 76).user(), start("我们打算", Goal, 76).user(),
    any("不要", Constraint, 84).user(), start("别", Constraint, 82).user(),
    any("千万别", Constraint, 94).user(), any("千万不要", Constraint, 94).user(),
    any("不能", Constraint, 76).user(), any("不得", Constraint, 86).user(),
    any("不许", Constraint, 88).user(), any("禁止", Constraint, 90).user(),
    any("必须", Constraint, 88).user(), any("务必", Constraint, 86).user(),
    any("一定要", Constraint, 84).user(), any("只能", Constraint, 82).user(),
    any("绝不", Constraint, 90).user(), any("绝对不", Constraint, 90).user(),
    any("永远不", Constraint, 90).user(), any("严禁", Constraint, 94).user(),
    any("不可以", Constraint, 84).user(), any("不允许", Constraint, 90).user(),
    any("不准", Constraint, 90).user(), any("切勿", Constraint, 92).user(),
    any("请勿", Constraint, 90).user(), any("至少", Constraint, 64).user(),
    any("最多", Constraint, 74).user(), any("不超过", Constraint, 82).user(),
    any("不要超过", Constraint, 86).user(), any("不少于", Constraint, 80).user(),
    any("不能超过", Constraint, 88).user(), start("约束 :", Constraint, 95), start("规则 :", Constraint, 94),
    start("限制 :", Constraint, 92), start("要求 :", Constraint, 90), any("预算是", Constraint, 84).user(),
    any("预算为", Constraint, 84).user(), any("截止", Constraint, 76).user(),
    any("上限是", Constraint, 80).user(), any("先问我", Constraint, 86).user(),
    any("经过我同意", Constraint, 88).user(), any("必需", Constraint, 76).user(),
    any("只准", Constraint, 86).user(), any("不应该", Constraint, 72).user(),
    any("不该", Constraint, 68).user(), any("避免", Constraint, 72).user(),
    start("不对", Correction, 90).user(), start("错了", Correction, 88).user(),
    any("搞错了", Correction, 86).user(), any("弄错了", Correction, 86).user(),
    any("说错了", Correction, 90).user(), any("记错了", Correction, 88).user(),
    any("写错了", Correction, 76).user(), start("更正", Correction, 94).user(),
    start("纠正", Correction, 92).user(), any("我说的是", Correction, 86).user(),
    any("我的意思是", Correction, 88).user(), any("我是说", Correction, 84).user(),
    any("你理解错了", Correction, 88).user(), start("不 ,", Correction, 82).user(),
    start("不是 ,", Correction, 84).user(), any("不是这个意思", Correction, 84).user(),
    any("决定", Decision, 88), any("我们用", Decision, 78).user(), any("就用", Decision, 84),
    any("采用", Decision, 80), any("选用", Decision, 84), any("选定", Decision, 88),
    any("我选", Decision, 76), any("改用", Decision, 90), any("换成", Decision, 84),
    any("换用", Decision, 86), any("改成", Decision, 66).user(), any("定为", Decision, 84),
    any("定在", Decision, 80), any("定了", Decision, 82), any("敲定", Decision, 88),
    any("确定用", Decision, 88), any("确定使用", Decision, 88), any("那就用", Decision, 86),
    start("用", Decision, 68).user(), start("使用", Decision, 68).user(), any("统一用", Decision, 84),
    any("统一使用", Decision, 84), any("方案是", Decision, 78), any("方案定", Decision, 88),
    any("拍板", Decision, 88), any("商定", Decision, 88), any("约定", Decision, 72),
    any("切换到", Decision, 80).user(), any("弃用", Decision, 82), any("放弃", Decision, 70),
    any("不再使用", Decision, 84), any("不再用", Decision, 82), any("先用", Decision, 70),
    any("达成一致", Decision, 84), any("我会用", Decision, 72), any("我将使用", Decision, 76),
    any("我们选", Decision, 84), any("保留", Decision, 56).user(), start("决定 :", Decision, 95),
    any("还是用", Decision, 82), any("最终选择", Decision, 90), any("改为", Decision, 66).user(),
    any("现在可以", Decision, 72).user(), any("不用再", Decision, 74).user(),
    any("不必再", Decision, 74).user(), any("作废", Decision, 78).user(), any("取消", Decision, 66).user(),
    any("我喜欢", Preference, 86).user(), any("我更喜欢", Preference, 90).user(),
    any("我偏好", Preference, 92).user(), any("我习惯", Preference, 82).user(),
    any("更倾向", Preference, 82).user(), any("倾向于", Preference, 80).user(),
    any("以后都", Preference, 92).user(), any("以后请", Preference, 92).user(),
    any("以后用", Preference, 88).user(), any("以后回", Preference, 90).user(),
    start("以后", Preference, 80).user(), any("今后", Preference, 84).user(),
    any("从现在起", Preference, 86).user(), any("从今以后", Preference, 88).user(),
    any("从现在开始", Preference, 86).user(), any("每次都", Preference, 76).user(),
    any("中文回答", Preference, 93).user(), any("英文回答", Preference, 93).user(),
    any("中文回复", Preference, 93).user(), any("英文回复", Preference, 93).user(),
    any("用中文", Preference, 85).user(), any("用英文", Preference, 80).user(),
    any("回答要", Preference, 84).user(), any("回复要", Preference, 84).user(),
    any("回答尽量", Preference, 88).user(), any("回复尽量", Preference, 88).user(),
    start("叫我", Preference, 88).user(), any("称呼我", Preference, 88).user(),
    any("我不喜欢", Preference, 84).user(), any("我讨厌", Preference, 82).user(),
    any("简洁一点", Preference, 80).user(), any("简短一点", Preference, 80).user(),
    any("我一般", Preference, 66).user(),
    start("待办", Todo, 92), any("需要", Todo, 64).user(), any("记得", Todo, 84).user(),
    any("别忘", Todo, 90).user(), any("不要忘", Todo, 90).user(), start("请", Todo, 70).user(),
    start("麻烦", Todo, 72).user(), start("把", Todo, 72).user(), start("给我", Todo, 72).user(),
    any("还要", Todo, 62).user(), any("还得", Todo, 66).user(), any("还需要", Todo, 68),
    start("下一步 :", Todo, 82), any("下一步是", Todo, 78), any("提醒我", Todo, 88).user(),
    any("确保", Todo, 70).user(), any("应该", Todo, 58).user(), any("我会", Todo, 60).assistant(),
    start("我将", Todo, 62).assistant(), any("稍后我", Todo, 66).assistant(),
    any("我来", Todo, 50).assistant(), any("让我们", Todo, 62).user(), any("跟进", Todo, 66),
    start("去", Todo, 60).user(), any("帮我", Todo, 74).user(), any("要做的", Todo, 70).user(),
    any("补上", Todo, 66).user(),
    any("待定", OpenQuestion, 88), any("还没决定", OpenQuestion, 90), any("没有决定", OpenQuestion, 86),
    any("尚未决定", OpenQuestion, 90), any("没想好", OpenQuestion, 90).user(),
    any("还没定", OpenQuestion, 88), any("未定", OpenQuestion, 82), any("不确定", OpenQuestion, 78).user(),
    any("尚未确定", OpenQuestion, 86), any("待确认", OpenQuestion, 86), any("有待", OpenQuestion, 78),
    start("问题 :", OpenQuestion, 88), start("未决问题", OpenQuestion, 94),
    any("我想知道", OpenQuestion, 80).user(), any("我想问", OpenQuestion, 80).user(),
    any("需要确认", OpenQuestion, 70).user(), any("拿不准", OpenQuestion, 80).user(),
    any("还要讨论", OpenQuestion, 80),
];

/// Clauses with these decide nothing and want nothing.
#[rustfmt::skip]
pub(super) const UNDECIDED: &[&str] = &[
    "没决定", "没有决定", "未决定", "还没决定", "不决定", "决定不了", "没定", "未定", "没想好", "在考虑",
    "考虑用", "考虑一下", "要不要", "是否", "也许", "可能会", "或许", "由谁决定", "谁决定", "谁来决定",
    "决定不下", "什么都没", "没做决定", "没有做", "尚未", "再决定", "待定", "不一定", "没确定", "不确定",
    "没有定", "他们用", "说不定", "取决", "决定于",
];
#[rustfmt::skip]
pub(super) const HYPOTHETICAL: &[&str] = &[
    "如果我", "如果用", "如果采用", "如果换", "假如", "要是用", "要是我", "假设", "倘若", "万一", "如果当初",
    "要是当初", "如果决定", "如果改", "如果选",
];

#[rustfmt::skip]
pub(super) const NO_RULE: &[&str] = &[
    "能不能", "要不要", "可不可以", "不要紧", "别人", "别的", "不得不", "不得了", "不能用了", "为什么不能",
    "怎么不能", "不能理解", "是不是不能", "要求不要", "不要忘", "别忘", "舍不得", "不知道", "恨不得", "能不",
    "不需要", "没必要", "至少现在",
];
#[rustfmt::skip]
pub(super) const NO_GOAL: &[&str] = &[
    "我想知道", "我想问", "我想想", "我想起", "我想一下", "要不要", "我想不", "我想是", "我想应该", "我要说",
    "我不想", "我想确认", "我想请教",
];
#[rustfmt::skip]
pub(super) const NO_TODO: &[&str] = &[
    "不需要", "没必要", "是否需要", "需不需要", "应该没", "应该可以了", "应该是", "应该好了", "如果需要",
    "如有需要", "需要我", "你会", "应该不", "请问", "需要的话", "我来看看", "随时",
];
pub(super) const NO_PREFERENCE: &[&str] =
    &["喜欢吗", "以后再", "以后会", "以后还", "我喜欢这个主意", "以后的"];
pub(super) const RHETORICAL: &[&str] =
    &["在吗", "你好吗", "好吗", "对吗", "懂吗", "明白吗", "怎么回事", "好不好"];

/// Questions that ask for work.
#[rustfmt::skip]
pub(super) const REQUESTS: &[&str] = &[
    "能不能帮", "可以帮", "能帮", "可不可以帮", "能否帮", "能不能把", "可以把", "能把", "能否把", "麻烦",
    "帮我", "能不能给", "能给我", "可以给我", "能不能加", "能加",
];
/// Words that make a question without its mark.
#[rustfmt::skip]
pub(super) const INVERTED: &[&str] = &[
    "要不要", "是不是", "能不能", "可不可以", "该不该", "为什么", "怎么办", "怎么样", "哪个好", "哪一个",
    "是否应该", "多少钱", "有没有", "需不需要", "什么时候", "怎么弄", "怎么做", "请问",
];
/// Final particles of questions.
pub(super) const TAGS: &[&str] = &["吗", "呢", "么"];

/// Verbs that begin a request.
#[rustfmt::skip]
pub(super) const IMPERATIVES: &[&str] = &[
    "修复", "修改", "添加", "增加", "删除", "删掉", "检查", "看看", "看一下", "查一下", "写一", "写个",
    "生成", "创建", "更新", "运行", "测试", "部署", "重构", "优化", "实现", "提交", "整理", "翻译", "总结",
    "发送", "发给", "发一", "安装", "配置", "调研", "分析", "加上", "加一", "加个", "改一下", "补充", "迁移",
    "升级", "回滚", "重启", "合并", "发布", "导出", "画一", "做一", "做个", "列出", "准备", "设计", "搜索",
    "找一", "找出", "订一", "预订", "打开", "继续写", "重写", "解释", "对比", "核对", "安排", "通知", "上传",
    "下载",
];

/// Words that make a noun of the verb before them ("测试环境…").
#[rustfmt::skip]
pub(super) const NOUNS: &[&str] = &[
    "文件", "服务", "环境", "地址", "日期", "版本", "用例", "时间", "计划", "窗口", "报告", "结果", "数据",
    "代码", "人", "中心", "日志", "工具", "平台", "流程", "目录", "脚本在", "密码", "账号", "机", "分支",
    "通过", "失败", "在", "是", "的", "了", "完",
];

/// Words by which a clause says where or what something is.
pub(super) const STATES: &[&str] = &["是", "为", "在", "叫", "位于", "放到", ":"];

#[rustfmt::skip]
pub(super) const SWITCH: &[&str] = &[
    "改用", "换成", "换用", "换回", "改成", "改为", "不用", "不再", "切换到", "弃用", "放弃", "替换", "取代",
    "代替", "还是用", "改主意", "算了", "而不是",
];
pub(super) const LIFT: &[&str] =
    &["可以了", "不用再", "取消", "解除", "不再需要", "现在可以", "允许了", "作废", "不再限制", "不必再"];

#[rustfmt::skip]
pub(super) const DONE: &[&str] = &[
    "已完成", "完成了", "完成 :", "搞定", "做完了", "做好了", "已修复", "已添加", "已更新", "已删除",
    "已创建", "已部署", "已提交", "已经", "弄好了", "改好了", "写好了", "修好了", "已发布", "已发送",
    "已合并", "已安装", "已配置", "已修改", "已实现", "已生成", "全部完成", "完成",
];
#[rustfmt::skip]
pub(super) const DONE_AFTER: &[&str] = &[
    "已完成", "已经完成", "完成了", "搞定了", "做完了", "做好了", "弄好了", "改好了", "写好了", "修好了",
    "已修复", "已部署", "已上线", "已合并", "上线了", "已经修", "已经加", "已经更新", "已经部署", "已经写",
    "已经改", "已经发", "已经提交", "已发布", "已更新",
];
#[rustfmt::skip]
pub(super) const NOT_DONE: &[&str] = &[
    "没完成", "未完成", "还没", "尚未", "没做完", "没有完成", "不算完成", "快完成", "快做完", "如果", "之后",
    "以后再", "等", "已经知道", "已经看", "已经读", "已经了解", "完成后",
];
pub(super) const DEFERRED: &[&str] =
    &["不知道", "不清楚", "稍后", "我查一下", "我去查", "回头", "需要更多信息"];
pub(super) const ANSWERS: &[&str] =
    &["是", "好", "可以", "不", "行", "对", "嗯", "要", "没", "用", "选", "第一", "第二", "都"];

#[rustfmt::skip]
pub(super) const SECTIONS: &[(&str, super::fact::Kind)] = &[
    ("待办", Todo), ("待办事项", Todo), ("任务", Todo), ("剩余工作", Todo), ("决定", Decision),
    ("决策", Decision), ("已决定", Decision), ("未决问题", OpenQuestion), ("开放问题", OpenQuestion),
    ("待确认", OpenQuestion), ("问题", OpenQuestion), ("约束", Constraint), ("规则", Constraint),
    ("限制", Constraint), ("要求", Constraint), ("约束与规则", Constraint), ("偏好", Preference),
    ("目标", Goal),
];

#[rustfmt::skip]
pub(super) const NAMED: &[&str] = &[
    "端口", "超时", "上限", "阈值", "版本", "编号", "单号", "电话", "工号", "账号", "分支", "地址", "主机",
    "数据库", "服务器", "房间", "代码是",
];

pub(super) const NEGATORS: &[&str] =
    &["不", "没", "别", "未", "禁止", "严禁", "无法", "勿", "放弃", "弃用", "否决", "取消", "避免", "无需"];
/// Words in which such a sign turns nothing round.
#[rustfmt::skip]
pub(super) const NOT_NEGATORS: &[&str] = &[
    "不错", "不同", "不过", "不仅", "不但", "不断", "特别", "分别", "区别", "级别", "类别", "识别", "性别",
    "别人", "别的", "未来", "不管", "不论", "差不多", "要不", "是不是", "能不能", "不止", "不少于", "不超过",
];

#[rustfmt::skip]
pub(super) const STOP_WORDS: &[&str] = &[
    "不对", "错了", "更正", "绝不能", "绝对", "永远", "千万", "必须", "务必", "一定要", "不能", "不要",
    "禁止", "严禁", "请勿", "不得", "不许", "不可以", "绝不", "我们", "你们", "他们", "咱们", "一下", "一个",
    "这个", "那个", "决定", "改用", "使用", "采用", "就是", "可以", "应该", "需要", "以后", "现在", "已经",
    "的", "了", "吧", "呢", "吗", "啊", "我", "你", "是", "在", "和", "与", "把", "被", "就", "都", "也",
    "用", "请", "要", "得", "着", "给", "到", "不", "别", "会", "还", "让", "去", "为",
];
