using FlowDispatch.Store.Conformance;

namespace FlowDispatch.Redis.Tests;

public static class RedisClusterTests
{
    public sealed class Contacts : ContactConformance<RedisClusterFixture>;

    public sealed class Uploads : UploadConformance<RedisClusterFixture>;

    public sealed class Flows : FlowConformance<RedisClusterFixture>;

    public sealed class Automations : AutomationConformance<RedisClusterFixture>;

    public sealed class Executions : ExecutionConformance<RedisClusterFixture>;

    public sealed class Plans : PlanConformance<RedisClusterFixture>;

    public sealed class Claims : ClaimConformance<RedisClusterFixture>;

    public sealed class Commits : CommitConformance<RedisClusterFixture>;

    public sealed class LateAnswers : LateAnswerConformance<RedisClusterFixture>;

    public sealed class Recovery : RecoveryConformance<RedisClusterFixture>;

    public sealed class Backlog : BacklogConformance<RedisClusterFixture>;

    public sealed class Transitions : TransitionConformance<RedisClusterFixture>;

    public sealed class Limits : LimitConformance<RedisClusterFixture>;

    public sealed class Inbox : InboxConformance<RedisClusterFixture>;

    public sealed class Receivers : ReceiverConformance<RedisClusterFixture>;

    public sealed class Audits : AuditConformance<RedisClusterFixture>;

    public sealed class Returns : ReturnConformance<RedisClusterFixture>;

    public sealed class Pruning : PruneConformance<RedisClusterFixture>;

    public sealed class Erasure : ErasureConformance<RedisClusterFixture>;

    public sealed class Completeness : CompletenessConformance<RedisClusterFixture>;
}
