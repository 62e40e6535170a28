using FlowDispatch.EntityFramework.Sqlite;
using Microsoft.Data.Sqlite;

namespace FlowDispatch.EntityFramework.Tests;

public sealed class SqliteStatementTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("flowdispatch-");
    private readonly SqliteSession _session;

    public SqliteStatementTests()
    {
        _session = new(SqliteStoreFixture.Contexts(Path.Combine(_folder.FullName, "statements.db")).CreateDbContext(), "PRAGMA busy_timeout = 100;");
        _session["CREATE TABLE kept (id BLOB PRIMARY KEY, value)"].Run();
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("Olá, Ação 🇧🇷 – \"quoted\"")]
    [InlineData(null)]
    public void Texts_come_back_as_they_were(string? text)
    {
        Keep(text);

        using var row = _session["SELECT value FROM kept"].Read();
        Assert.True(row.Read());
        Assert.Equal(text, row.TextOrNull(0));
    }

    [Fact]
    public void Texts_longer_than_the_stack_takes_come_back_as_they_were()
    {
        var text = new string('ã', 600) + new string('x', 70_000);
        Keep(text);

        using var row = _session["SELECT value FROM kept"].Read();
        Assert.True(row.Read());
        Assert.Equal(text, row.Text(0));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(700)]
    public void Texts_with_a_zero_character_or_half_a_pair_lose_nothing_else(int times)
    {
        Keep(string.Concat(Enumerable.Repeat("a\0b\uD83Cc", times)));

        using var row = _session["SELECT value FROM kept"].Read();
        Assert.True(row.Read());
        Assert.Equal(string.Concat(Enumerable.Repeat("a\uFFFDb\uFFFDc", times)), row.Text(0));
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0, 1, 255 })]
    public void Bytes_come_back_as_they_were_and_none_are_not_NULL(byte[] bytes)
    {
        Keep(bytes);

        using var row = _session["SELECT value FROM kept"].Read();
        Assert.True(row.Read());
        Assert.False(row.IsNull(0));
        Assert.Equal(bytes, row.Bytes(0));
    }

    [Fact]
    public void Ids_numbers_and_instants_come_back_as_they_were()
    {
        var id = Guid.Parse("0198f3a1-7c2b-7e4d-8a15-3f60c2d41e9b");
        var at = new DateTimeOffset(2026, 11, 28, 16, 0, 0, 7, TimeSpan.FromHours(-3));
        _session["INSERT INTO kept (id, value) VALUES ($1, $2)"].Run(id, at);
        _session["INSERT INTO kept (id, value) VALUES ($1, $2)"].Run(Guid.Empty, long.MinValue);

        using var row = _session["SELECT id, value FROM kept ORDER BY value DESC"].Read();
        Assert.True(row.Read());
        Assert.Equal((id, at), (row.Id(0), row.Instant(1)));
        Assert.True(row.Read());
        Assert.Equal((Guid.Empty, long.MinValue), (row.Id(0), row.Int64(1)));
        Assert.False(row.Read());
    }

    [Fact]
    public void Parameters_are_told_apart_by_their_numbers_wherever_they_stand()
    {
        Keep(1);

        Assert.Equal(1, _session["UPDATE kept SET value = $2 WHERE id = $1 AND value <> $2"].Run(Guid.Empty, 5));
        Assert.Equal(5, _session["SELECT value FROM kept WHERE id = $1"].Number(Guid.Empty));
    }

    [Fact]
    public void An_error_is_the_providers_and_leaves_the_statement_of_use()
    {
        var insert = _session["INSERT INTO kept (id, value) VALUES ($1, $2)"];
        insert.Run(Guid.Empty, 1);

        var error = Assert.Throws<SqliteException>(() => insert.Run(Guid.Empty, 2));

        Assert.Equal(SQLitePCL.raw.SQLITE_CONSTRAINT, error.SqliteErrorCode);
        Assert.Equal(1, insert.Run(Guid.AllBitsSet, 3));
        Assert.Equal(2, _session["SELECT COUNT(*) FROM kept"].Number());
    }

    [Fact]
    public void A_statement_that_can_not_be_read_is_refused_with_the_reason() =>
        Assert.Contains("no such column: missing", Assert.Throws<SqliteException>(() => _session["SELECT missing FROM kept"]).Message, StringComparison.Ordinal);

    [Fact]
    public void Values_that_are_too_few_or_too_many_are_refused()
    {
        var statement = _session["SELECT value FROM kept WHERE id = $1"];

        Assert.Contains("1 parameters was given 0 values", Assert.Throws<InvalidOperationException>(() => statement.Number()).Message, StringComparison.Ordinal);
        Assert.Contains("1 parameters was given 2 values", Assert.Throws<InvalidOperationException>(() => statement.Number(1, 2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_can_not_be_run_while_its_rows_are_read()
    {
        Keep(1);
        var statement = _session["SELECT value FROM kept"];
        using (var row = statement.Read())
        {
            Assert.True(row.Read());
            Assert.Throws<InvalidOperationException>(() => statement.Number());
            Assert.Equal(1, row.Int32(0));
        }

        Assert.Equal(1, statement.Number());
    }

    [Fact]
    public void What_another_connection_locks_is_waited_for_as_long_as_the_session_says()
    {
        using var other = new SqliteConnection($"Data Source={Path.Combine(_folder.FullName, "statements.db")};Pooling=False");
        other.Open();
        using var begin = other.CreateCommand();
        begin.CommandText = "BEGIN IMMEDIATE";
        begin.ExecuteNonQuery();

        var error = Assert.Throws<SqliteException>(() => _session.Transact("BEGIN IMMEDIATE", _ => 0));

        Assert.Equal(SQLitePCL.raw.SQLITE_BUSY, error.SqliteErrorCode);
    }

    public void Dispose()
    {
        _session.Dispose();
        _folder.Delete(recursive: true);
    }

    private void Keep(SqliteValue value) => _session["INSERT INTO kept (id, value) VALUES ($1, $2)"].Run(Guid.Empty, value);
}
