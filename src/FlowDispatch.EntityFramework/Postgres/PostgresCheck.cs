using Npgsql;

namespace FlowDispatch.EntityFramework.Postgres;

/// <summary>Statements that fail, and with them all that go along, where they change more or fewer rows than they should.</summary>
internal static class PostgresCheck
{
    /// <summary>What the server's log says then, as a text that is no number.</summary>
    public const string Failed = "FlowDispatch: changed meanwhile, made again";

    /// <summary>The same change, which must be one of as many rows as <paramref name="count"/> says.</summary>
    public static string Exactly(string change, string count) =>
        $"WITH changed AS ({change} RETURNING 1) SELECT CAST(CASE WHEN (SELECT COUNT(*) FROM changed) = {count} THEN '1' ELSE '{Failed}' END AS int)";

    /// <summary>Whether it is such a failure.</summary>
    public static bool Is(PostgresException error) =>
        error.SqlState == PostgresErrorCodes.InvalidTextRepresentation && error.MessageText.Contains(Failed, StringComparison.Ordinal);
}
