using FlowDispatch.Store.Conformance;

namespace FlowDispatch.EntityFramework.Tests;

public static class SqliteStoreTests
{
    public sealed class Claims : ClaimConformance<SqliteStoreFixture>;

    public sealed class Commits : CommitConformance<SqliteStoreFixture>;

    public sealed class Recovery : RecoveryConformance<SqliteStoreFixture>;
}
