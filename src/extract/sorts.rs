//! Names of things that stand for each other, in both languages.

/// Things of one sort, of which a project mostly has one: naming another replaces the first.
#[rustfmt::skip]
pub(super) const SORTS: &[&[&str]] = &[
   
    &["postgres", "postgresql", "pg", "mysql", "mariadb", "sqlite", "mongodb", "mongo", "cockroachdb", "dynamodb", "oracle", "duckdb", "clickhouse", "cassandra", "supabase", "firestore"],
    &["redis", "memcached", "valkey", "dragonfly"], &["kafka", "rabbitmq", "nats", "pulsar", "sqs"],
    &["npm", "yarn", "pnpm", "bun"], &["react", "vue", "svelte", "angular", "solid", "nextjs", "nuxt"],
    &["express", "fastify", "koa", "nestjs", "hono", "axum", "actix", "django", "flask", "fastapi", "rails", "spring"],
    &["python", "rust", "golang", "typescript", "javascript", "java", "kotlin", "ruby", "elixir", "zig"],
    &["aws", "gcp", "azure", "aliyun", "阿里云", "腾讯云", "华为云", "cloudflare", "vercel", "netlify", "heroku", "fly"],
    &["tabs", "spaces", "tab", "space", "制表符", "空格"],
    &["english", "chinese", "japanese", "german", "french", "spanish", "英文", "英语", "中文", "汉语", "日文", "日语"],
    &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "周一", "周二", "周三", "周四", "周五", "周六", "周日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"],
    &["jest", "vitest", "mocha", "pytest", "unittest", "playwright", "cypress", "selenium"],
    &["docker", "podman", "containerd"], &["kubernetes", "nomad", "swarm", "k8s"],
    &["webpack", "vite", "rollup", "esbuild", "parcel", "turbopack"], &["rest", "graphql", "grpc", "trpc"],
    &["jwt", "sessions", "oauth", "saml"], &["mit", "apache", "gpl", "bsd", "mpl", "agpl"],
    &["slack", "discord", "telegram", "email", "wechat", "feishu", "dingtalk", "微信", "飞书", "钉钉", "邮件", "短信"],
    &["json", "yaml", "toml", "protobuf", "xml"], &["light", "dark"],
    &["github", "gitlab", "gitea", "bitbucket"], &["nginx", "caddy", "traefik", "haproxy"],
    &["claude", "gpt", "gemini", "minimax", "deepseek", "qwen", "kimi"], &["tailwind", "bootstrap", "sass"],
    &["terraform", "pulumi", "ansible"], &["squash", "rebase"],
];
