using FlowDispatch.Store.Conformance;

namespace FlowDispatch.EntityFramework.Tests;

public static class PostgresStoreTests
{
    public sealed class Contacts : ContactConformance<PostgresStoreFixture>;

    public sealed class Uploads : UploadConformance<PostgresStoreFixture>;

    public sealed class Flows : FlowConformance<PostgresStoreFixture>;

    public sealed class Automations : AutomationConformance<PostgresStoreFixture>;

    public sealed class Executions : ExecutionConformance<PostgresStoreFixture>;

    public sealed class Plans : PlanConformance<PostgresStoreFixture>;

    public sealed class Claims : ClaimConformance<PostgresStoreFixture>;

    public sealed class Commits : CommitConformance<PostgresStoreFixture>;

    public sealed class LateAnswers : LateAnswerConformance<PostgresStoreFixture>;

    public sealed class Recovery : RecoveryConformance<PostgresStoreFixture>;

    public sealed class Backlog : BacklogConformance<PostgresStoreFixture>;

    public sealed class Transitions : TransitionConformance<PostgresStoreFixture>;

    public sealed class Limits : LimitConformance<PostgresStoreFixture>;

    public sealed class Inbox : InboxConformance<PostgresStoreFixture>;

    public sealed class Audits : AuditConformance<PostgresStoreFixture>;

    public sealed class Returns : ReturnConformance<PostgresStoreFixture>;

    public sealed class Pruning : PruneConformance<PostgresStoreFixture>;

    public sealed class Erasure : ErasureConformance<PostgresStoreFixture>;

    public sealed class Receivers : ReceiverConformance<PostgresStoreFixture>;

    public sealed class Completeness : CompletenessConformance<PostgresStoreFixture>;
}
