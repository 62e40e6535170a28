using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FlowDispatch.EntityFramework.Migrations
{
    /// <inheritdoc />
    internal partial class ErrorBudgets : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "forgiven_failed",
                table: "fd_counters",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "forgiven_sent",
                table: "fd_counters",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "forgiven_failed",
                table: "fd_counters");

            migrationBuilder.DropColumn(
                name: "forgiven_sent",
                table: "fd_counters");
        }
    }
}
