using FlowDispatch.Store.Conformance;

namespace FlowDispatch.Redis.Tests;

public static class RedisStoreTests
{
    public sealed class Contacts : ContactConformance<RedisStoreFixture>;

    public sealed class Uploads : UploadConformance<RedisStoreFixture>;

    public sealed class Flows : FlowConformance<RedisStoreFixture>;

    public sealed class Automations : AutomationConformance<RedisStoreFixture>;

    public sealed class Executions : ExecutionConformance<RedisStoreFixture>;

    public sealed class Plans : PlanConformance<RedisStoreFixture>;

    public sealed class Claims : ClaimConformance<RedisStoreFixture>;

    public sealed class Commits : CommitConformance<RedisStoreFixture>;

    public sealed class LateAnswers : LateAnswerConformance<RedisStoreFixture>;

    public sealed class Recovery : RecoveryConformance<RedisStoreFixture>;

    public sealed class Backlog : BacklogConformance<RedisStoreFixture>;

    public sealed class Transitions : TransitionConformance<RedisStoreFixture>;

    public sealed class Limits : LimitConformance<RedisStoreFixture>;

    public sealed class Inbox : InboxConformance<RedisStoreFixture>;

    public sealed class Receivers : ReceiverConformance<RedisStoreFixture>;

    public sealed class Audits : AuditConformance<RedisStoreFixture>;

    public sealed class Returns : ReturnConformance<RedisStoreFixture>;

    public sealed class Pruning : PruneConformance<RedisStoreFixture>;

    public sealed class Erasure : ErasureConformance<RedisStoreFixture>;

    public sealed class Completeness : CompletenessConformance<RedisStoreFixture>;
}
